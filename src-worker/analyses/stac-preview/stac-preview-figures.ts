import { renderQuicklook, renderRgbQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { timeText } from '../../stac/item.ts';
import { crsText } from '../shared/facts.ts';
import type { Preview, PreviewPlan } from '../shared/preview.ts';
import type { Scene, SceneBand } from '../shared/scenes.ts';

export const maxQuicklooks = 12;

export interface BandPreview {
  readonly name: string;
  readonly band: SceneBand;
  readonly plan: PreviewPlan;
  readonly preview: Preview;
}

/**
 * One item as a picture: one band in greys, two as false colour (the second red, the first green and blue), of more the
 * first three as red, green and blue. Bands of other sizes than the first are left out.
 */
export async function drawItemQuicklook(
  ctx: RunContext,
  outputs: Outputs,
  { item }: Scene,
  previews: readonly BandPreview[],
): Promise<string | null> {
  const [first] = previews;
  if (first === undefined) return null;
  const alike = previews.filter(
    ({ preview }) => preview.width === first.preview.width && preview.height === first.preview.height,
  );
  const { info } = first.band;
  const { level, step } = first.plan;
  const levelText = level === 0 ? 'full resolution' : `overview ${level} of ${info.overviews.length}`;
  const cell =
    info.transform === null || info.crs?.unit !== 'metre'
      ? undefined
      : Math.abs(info.transform[0]) * (info.width / ([info, ...info.overviews][level]?.width ?? info.width)) * step;
  const frame = {
    title: `${item.collection ?? 'item'} · ${timeText(item.start).slice(0, 10)}`,
    subtitle: item.id,
    caption: [
      `${crsText(info.crs)} · drawn from ${levelText}${step > 1 ? `, every ${step}th pixel` : ''} · stretched between the 2nd and 98th percentile`,
    ],
    mark: ctx.mark,
    width: first.preview.width,
    height: first.preview.height,
    metresPerPixel: cell,
  };
  const path = `figures/${ctx.names.stem(item.id)}.png`;
  await outputs.write(path, await draw(frame, alike));
  return path;
}

async function draw(
  frame: Omit<Parameters<typeof renderRgbQuicklook>[0], 'bands' | 'valid'>,
  previews: readonly BandPreview[],
): Promise<Uint8Array> {
  const [a, b, c] = previews;
  if (a === undefined) throw new RangeError('a picture needs a band');
  const valid = a.preview.valid.map((one, i) =>
    one === 1 && (b?.preview.valid[i] ?? 1) === 1 && (c?.preview.valid[i] ?? 1) === 1 ? 1 : 0,
  );
  const stretched = ({ name, preview }: BandPreview) => ({
    label: name,
    data: preview.data,
    stretch: stretchPercentiles(preview.data, valid, 2, 98) ?? ([0, 1] as const),
  });
  if (b === undefined) {
    const { data, stretch, label } = stretched(a);
    return renderQuicklook({ ...frame, data, valid, stretch, ramp: 'greys', legend: { label } });
  }
  const bands =
    c === undefined
      ? ([stretched(b), stretched(a), stretched(a)] as const)
      : ([stretched(a), stretched(b), stretched(c)] as const);
  return renderRgbQuicklook({ ...frame, valid, bands });
}
