import type { Scene } from './scenes.ts';
import { scaling } from './scenes.ts';

/**
 * A sentence: which numbers a result was computed from. Without a scale they are digital numbers; that is said where it
 * matters, for a declared scale that was not applied and for Landsat level 1.
 */
export function numbersText(applyScale: boolean, scenes: readonly Scene[]): string {
  const declared = scenes.some(({ bands }) =>
    bands.some((band) => {
      const { scale, offset } = scaling(band);
      return scale !== 1 || offset !== 0;
    }),
  );
  if (applyScale && declared) return 'Computed from physical values (scale and offset applied).';
  if (!declared && !scenes.some(({ item }) => isLandsatLevel1(item)))
    return applyScale
      ? 'Computed from stored numbers: no scale or offset is declared.'
      : 'Computed from stored numbers.';
  const advice = declared ? '; set apply_scale: true to apply the declared scale and offset' : '';
  return `Computed from stored numbers (digital numbers), not reflectance${advice}.`;
}

function isLandsatLevel1({ id, properties }: Scene['item']): boolean {
  const text = (key: string) => {
    const value = properties[key];
    return typeof value === 'string' ? value : '';
  };
  const landsat = /landsat/i.test(text('platform')) || /^L[COTEM]\d/.test(id);
  const level = text('landsat:processing_level') || text('processing:level');
  return landsat && (/^L1/i.test(level) || /(^|[_-])L1/.test(id));
}
