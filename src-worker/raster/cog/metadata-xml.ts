import { encodeEntities } from '../../../src-raster/tiff/gdal-metadata.ts';
import type { Statistics } from '../stats.ts';
import type { CogPlan, ColorInterpretation } from './cog-spec.ts';

/**
 * The GDAL_METADATA document: the dataset's items, then each band's statistics, names of classes, description, unit, scale
 * and offset, as GDAL's GTiff driver writes them. `impliedColors` are what the TIFF tags say already.
 */
export function metadataXml(
  plan: CogPlan,
  stats: readonly Statistics[],
  impliedColors: readonly ColorInterpretation[],
): string {
  const items: string[] = [];
  // GDAL escapes the texts of its items twice, and unescapes them twice.
  const add = (name: string, text: string, attributes = ''): unknown =>
    items.push(`  <Item name="${encodeEntities(name)}"${attributes}>${encodeEntities(encodeEntities(text))}</Item>\n`);
  for (const [name, text] of Object.entries(plan.metadata ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)))
    add(name, text);
  add('OVR_RESAMPLING_ALG', plan.resampling.toUpperCase());
  for (let band = 0; band < plan.bandCount; band += 1) {
    const sample = ` sample="${band}"`;
    const role = (name: string, value: string): unknown => add(name.toUpperCase(), value, `${sample} role="${name}"`);
    if (plan.statistics !== false)
      addStatistics(stats[band], plan.width * plan.height, (name, text) => add(name, text, sample));
    // Keys that are integers come in ascending order.
    if (band === 0)
      for (const [value, name] of Object.entries(plan.classNames ?? {})) add(`CLASS_${value}`, name, sample);
    const color = plan.colorInterpretation[band] ?? 'undefined';
    if (color !== impliedColors[band]) role('colorinterp', `${color.charAt(0).toUpperCase()}${color.slice(1)}`);
    const description = plan.bandDescriptions?.[band] ?? '';
    if (description !== '') role('description', description);
    const unit = plan.bandUnits?.[band] ?? '';
    if (unit !== '') role('unittype', unit);
    if (plan.bandScales !== undefined || plan.bandOffsets !== undefined) {
      role('offset', String(plan.bandOffsets?.[band] ?? 0));
      role('scale', String(plan.bandScales?.[band] ?? 1));
    }
  }
  return `<GDALMetadata>\n${items.join('')}</GDALMetadata>\n`;
}

function addStatistics(
  stats: Statistics | undefined,
  pixels: number,
  add: (name: string, text: string) => unknown,
): void {
  if (stats === undefined) return;
  const { count, min, max, mean, std } = stats;
  if (min !== null && max !== null && mean !== null && std !== null) {
    add('STATISTICS_MAXIMUM', String(max));
    add('STATISTICS_MEAN', String(mean));
    add('STATISTICS_MINIMUM', String(min));
    add('STATISTICS_STDDEV', String(std));
  }
  add('STATISTICS_VALID_PERCENT', String(Number(((100 * count) / pixels).toPrecision(4))));
}
