import type { PaletteColor } from '../../src-raster/types.ts';

/** Colours of figures: paper and ink of a printed page, whatever the theme of the window around them. */
export const ink = '#1b2430';
export const quietInk = '#566173';
export const hairline = '#c3cad4';
export const paper = '#ffffff';
export const ground = '#eef1f4';
export const groundHatch = '#d3d9e0';
export const accent = '#0b62a8';
export const fill = '#3f86bd';

/** The warning band of marked figures: black on amber, 12:1 contrast. */
export const markGround = '#ffc93c';
export const markInk = '#231a00';

/** Okabe and Ito (2008), safe for the common colour vision deficiencies; the yellow is left out on white paper. */
export const categories = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000'] as const;

/** `#rrggbb` */
export function hexOf(colour: PaletteColor): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
