import { figureSvg, round, wrapText, type Drawing, type FigureText } from './figure.ts';
import { extentOf, unwrappedRings, type Ring } from './geo-frame.ts';
import { hex, rampLegend } from './legend.ts';
import { graticuleLabels, graticuleLines, gutter, mapFrame, mapWidth, type MapFrame } from './map-frame.ts';
import { markup, type Markup } from './markup.ts';
import { ground, groundHatch, ink, paper, quietInk } from './palette.ts';
import { rampIndex, rampTable, type RampName } from './ramps.ts';
import { svgToPng } from './rasterise.ts';
import { drawScaleBar, scaleBar } from './scale-bar.ts';

/** A feature on the map: GeoJSON in WGS 84 degrees, and its value; null is drawn hatched. */
export interface MapFeature {
  readonly geometry: ChoroplethGeometry;
  readonly value: number | null;
}

type Position = readonly number[];
export type ChoroplethGeometry =
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'MultiPoint'; readonly coordinates: readonly Position[] };

/** How values become colours: along a ramp, or class by class in the order of the legend. */
export type Colouring =
  | {
      readonly ramp: RampName;
      readonly stretch: readonly [min: number, max: number];
      readonly unit?: string | undefined;
    }
  | { readonly classes: readonly { readonly value: number; readonly label: string; readonly colour: string }[] };

export interface ChoroplethOptions extends FigureText {
  readonly features: readonly MapFeature[];
  readonly colouring: Colouring;
  /** What the colours mean. */
  readonly label: string;
}

/** Pieces of outlines shorter than this many layout units are not drawn. */
const finest = 0.25;
const mostClasses = 12;

/** Zones or points coloured by a value over a graticule, with legend and scale bar, as PNG bytes and as SVG text. */
export async function renderChoropleth(options: ChoroplethOptions): Promise<{ png: Uint8Array; svg: string }> {
  const svg = figureSvg(options, drawing(options));
  return { png: await svgToPng(svg), svg };
}

interface Shape {
  readonly rings: readonly Ring[];
  readonly points: Ring;
  readonly fill: string;
}

function drawing({ features, colouring, label }: ChoroplethOptions): Drawing {
  const colour = colourOf(colouring);
  const centre = centreOf(features);
  const shapes = features.map(({ geometry, value }): Shape => {
    const fill = value === null || !Number.isFinite(value) ? 'url(#none)' : colour(value);
    if (geometry.type === 'Polygon' || geometry.type === 'MultiPolygon')
      return { rings: unwrappedRings(geometry, centre), points: [], fill };
    const list = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
    return { rings: [], points: list.map(([x = 0, y = 0]) => [x - 360 * Math.round((x - centre) / 360), y]), fill };
  });
  const frame = mapFrame(
    extentOf(
      shapes.flatMap(({ rings, points }) => [...rings.flat(), ...points]),
      0.05,
    ),
  );
  const bar = scaleBar(frame.metresPerUnit, 120);
  const key = legendOf(colouring, label, features);
  const map = markup`<defs
      ><pattern id="none" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"
        ><rect width="6" height="6" fill="${ground}" /><rect width="2" height="6" fill="${groundHatch}" /></pattern
      ><clipPath id="map"><rect width="${mapWidth}" height="${frame.height}" /></clipPath></defs>
    <rect width="${mapWidth}" height="${frame.height}" fill="${paper}" /><g clip-path="url(#map)">
      ${graticuleLines(frame)}${shapes.map((shape) => area(shape, frame))}${shapes.map((shape) => dots(shape, frame))}</g>
    <rect width="${mapWidth}" height="${frame.height}" fill="none" stroke="${quietInk}" />${graticuleLabels(frame)}`;
  const content = markup`<g transform="translate(${gutter} 0)">${map}</g
    ><g transform="translate(${gutter} ${frame.height + 30})">${key.content}</g
    >${bar !== null && drawScaleBar(bar, gutter + mapWidth, frame.height + 46)}`;
  return { content, width: gutter + mapWidth, height: frame.height + 30 + key.height };
}

/** The longitude around which all features are unwrapped: the first one's. */
function centreOf([first]: readonly MapFeature[]): number {
  let value: unknown = first?.geometry.coordinates;
  while (Array.isArray(value)) value = value[0] as unknown;
  return typeof value === 'number' ? value : 0;
}

function colourOf(colouring: Colouring): (value: number) => string {
  if ('classes' in colouring) {
    const colours = new Map(colouring.classes.map(({ value, colour }) => [value, colour]));
    return (value) => colours.get(value) ?? '#000000';
  }
  const table = rampTable(colouring.ramp);
  const [min, max] = colouring.stretch;
  return (value) => hex(table, rampIndex(value, min, max));
}

function area({ rings, fill }: Shape, frame: MapFrame): Markup | null {
  const path = rings.map((ring) => outline(ring, frame)).join('');
  if (path === '') return null;
  return markup`<path
    d="${path}"
    fill="${fill}"
    fill-rule="evenodd"
    stroke="${ink}"
    stroke-width="0.6"
    stroke-linejoin="round"
  />`;
}

/** Corners nearer to the last one than a fraction of a device pixel are passed over. */
function outline(ring: Ring, frame: MapFrame): string {
  let path = '';
  let [lastX, lastY] = [Infinity, Infinity];
  for (const [longitude, latitude] of ring) {
    const [x, y] = [frame.x(longitude), frame.y(latitude)];
    if (Math.hypot(x - lastX, y - lastY) < finest) continue;
    path += `${path === '' ? 'M' : 'L'}${round(x)} ${round(y)}`;
    [lastX, lastY] = [x, y];
  }
  return path === '' ? '' : `${path}Z`;
}

function dots({ points, fill }: Shape, frame: MapFrame): Markup[] {
  return points.map(
    ([x, y]) =>
      markup`<circle cx="${round(frame.x(x))}" cy="${round(frame.y(y))}" r="4" fill="${fill}" stroke="${ink}" stroke-width="0.8" />`,
  );
}

function legendOf(colouring: Colouring, label: string, features: readonly MapFeature[]): Drawing {
  const without = features.filter(({ value }) => value === null).length;
  const top = 'classes' in colouring ? classLegend(colouring.classes, label) : ramp(colouring, label, features);
  if (without === 0) return top;
  const note = markup`<rect x="0" y="${top.height}" width="14" height="10" fill="url(#none)" stroke="${quietInk}" stroke-width="0.6" /><text
      x="20"
      y="${top.height + 9}"
      font-size="10.5"
      fill="${quietInk}"
      >no value (${without})</text>`;
  return { content: markup`${top.content}${note}`, width: top.width, height: top.height + 16 };
}

function ramp(
  colouring: Extract<Colouring, { ramp: RampName }>,
  label: string,
  features: readonly MapFeature[],
): Drawing {
  const [min, max] = colouring.stretch;
  const beyond = (test: (value: number) => boolean): boolean =>
    features.some(({ value }) => value !== null && test(value));
  return rampLegend(
    {
      ramp: colouring.ramp,
      stretch: colouring.stretch,
      label,
      unit: colouring.unit,
      below: beyond((value) => value < min),
      above: beyond((value) => value > max),
    },
    320,
  );
}

function classLegend(classes: Extract<Colouring, { classes: unknown }>['classes'], label: string): Drawing {
  const shown = classes.slice(0, mostClasses);
  const rows = shown.map(({ label: name, colour }, index) => {
    const [x, y] = [(index % 3) * 130, 18 + Math.floor(index / 3) * 16];
    return markup`<rect x="${x}" y="${y}" width="14" height="10" fill="${colour}" stroke="${quietInk}" stroke-width="0.6" /><text
        x="${x + 20}"
        y="${y + 9}"
        font-size="10.5"
        fill="${ink}"
        >${wrapText(name, 105, 10.5, 'normal', 1)[0] ?? ''}</text>
      `;
  });
  const more = classes.length > shown.length ? ` (the first ${shown.length} of ${classes.length})` : '';
  const content = markup`<text y="11" font-size="11" font-weight="bold" fill="${ink}">${label}${more}</text>${rows}`;
  return { content, width: 390, height: 24 + Math.ceil(shown.length / 3) * 16 };
}
