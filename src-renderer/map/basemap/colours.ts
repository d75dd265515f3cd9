/** Colours of the basemap, from the window's tokens, so that it follows light and dark. */
export interface BasemapColours {
  readonly water: string;
  readonly land: string;
  readonly coast: string;
  readonly border: string;
  readonly graticule: string;
  readonly name: string;
  readonly label: string;
  readonly halo: string;
  readonly vector: string;
  readonly pin: string;
  readonly plane: string;
}

/** Reads the tokens (`--bg` and so on) as an element sees them. */
export function basemapColours(element: Element): BasemapColours {
  const style = getComputedStyle(element);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    water: mix(token('--bg-sunken'), token('--accent'), 0.1),
    land: mix(token('--bg-raised'), token('--bg-sunken'), 0.35),
    coast: mix(token('--border-strong'), token('--accent'), 0.25),
    border: mix(token('--border-strong'), token('--bg-raised'), 0.25),
    graticule: mix(token('--border-strong'), token('--bg-sunken'), 0.62),
    name: token('--text-muted'),
    label: token('--text-muted'),
    halo: token('--bg-raised'),
    vector: token('--accent'),
    pin: token('--focus'),
    plane: token('--bg-sunken'),
  };
}

/** `part` of the second colour in the first; both `#rrggbb`. */
export function mix(first: string, second: string, part: number): string {
  const channel = (colour: string, index: number): number => parseInt(colour.slice(1 + index * 2, 3 + index * 2), 16);
  const mixed = [0, 1, 2].map((i) => Math.round(channel(first, i) + (channel(second, i) - channel(first, i)) * part));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
