import { figureSvg, round, wrapText, type Drawing, type FigureText } from './figure.ts';
import { extentOf, unwrappedBbox, unwrappedRings, type Bbox, type Ring } from './geo-frame.ts';
import { graticuleLabels, graticuleLines, gutter, mapFrame, mapWidth, type MapFrame } from './map-frame.ts';
import { markup, type Markup } from './markup.ts';
import { accent, ground, ink, markGround, paper, quietInk } from './palette.ts';
import { svgToPng } from './rasterise.ts';
import { drawScaleBar, scaleBar } from './scale-bar.ts';

type Positions = readonly (readonly number[])[];

export interface Footprint {
  readonly id: string;
  /** Printed in the key; the id when left out. */
  readonly label?: string | undefined;
  /** GeoJSON, longitude and latitude in degrees (WGS 84). */
  readonly geometry:
    | { readonly type: 'Polygon'; readonly coordinates: readonly Positions[] }
    | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Positions[])[] };
}

export interface FootprintsOptions extends FigureText {
  readonly footprints: readonly Footprint[];
  /** Area of interest: west, south, east, north in degrees; west > east crosses the antimeridian. */
  readonly bbox: Bbox;
}

const mostRows = 10;

interface Group {
  readonly rings: readonly Ring[];
  readonly names: string[];
}

/**
 * Where the scenes lie: footprints and the area of interest over a graticule, as PNG bytes. Equirectangular with its
 * true scale at the middle latitude. Footprints of the same shape are drawn once and share one number in the key.
 */
export async function renderFootprints(options: FootprintsOptions): Promise<Uint8Array> {
  return svgToPng(figureSvg(options, footprintsDrawing(options)));
}

function footprintsDrawing(options: FootprintsOptions): Drawing {
  const bbox = unwrappedBbox(options.bbox);
  const groups = groupByShape(options.footprints, (bbox[0] + bbox[2]) / 2);
  const frame = makeFrame(groups, bbox);
  const key = keyRows(groups, frame.height + 40);
  const bar = scaleBar(frame.metresPerUnit, 120);
  const [left, top, right, bottom] = [frame.x(bbox[0]), frame.y(bbox[3]), frame.x(bbox[2]), frame.y(bbox[1])];
  const area = markup`<rect
    x="${round(left)}"
    y="${round(top)}"
    width="${round(Math.max(2, right - left))}"
    height="${round(Math.max(2, bottom - top))}"
    fill="${markGround}"
    fill-opacity="0.25"
    stroke="${ink}"
    stroke-width="2"
  />`;
  const map = markup`<clipPath id="map"><rect width="${mapWidth}" height="${frame.height}" /></clipPath>
    <rect width="${mapWidth}" height="${frame.height}" fill="${ground}" /><g clip-path="url(#map)">
      ${graticuleLines(frame)}${groups.map((group) => shape(group, frame))}${area}${groups.map((group, index) => badge(group, index, groups.length, frame))}</g>
    <rect
      width="${mapWidth}"
      height="${frame.height}"
      fill="none"
      stroke="${quietInk}"
    />${graticuleLabels(frame)}`;
  const content = markup`<g transform="translate(${gutter} 0)">${map}</g>${key.content}<rect
      x="0"
      y="${frame.height + 36}"
      width="16"
      height="12"
      fill="${markGround}"
      fill-opacity="0.25"
      stroke="${ink}"
      stroke-width="2"
    /><text x="24" y="${frame.height + 46}" font-size="10.5" fill="${ink}">area of interest</text>
    ${bar !== null && drawScaleBar(bar, gutter + mapWidth, frame.height + 46)}`;
  return { content, width: gutter + mapWidth, height: frame.height + 56 + key.height };
}

function groupByShape(footprints: readonly Footprint[], centre: number): Group[] {
  const groups = new Map<string, Group>();
  for (const footprint of footprints) {
    const shapeKey = JSON.stringify(footprint.geometry.coordinates);
    const group = groups.get(shapeKey) ?? { rings: unwrappedRings(footprint.geometry, centre), names: [] };
    group.names.push(footprint.label ?? footprint.id);
    groups.set(shapeKey, group);
  }
  return [...groups.values()];
}

function makeFrame(groups: readonly Group[], bbox: Bbox): MapFrame {
  const corners = [
    [bbox[0], bbox[1]],
    [bbox[2], bbox[3]],
  ] as const;
  return mapFrame(extentOf([...corners, ...groups.flatMap(({ rings }) => rings.flat())], 0.08));
}

function shape(group: Group, frame: MapFrame): Markup {
  const path = group.rings
    .map(
      (ring) =>
        `${ring.map(([x, y], at) => `${at === 0 ? 'M' : 'L'}${round(frame.x(x))} ${round(frame.y(y))}`).join('')}Z`,
    )
    .join('');
  return markup`<path
    d="${path}"
    fill="${accent}"
    fill-opacity="0.1"
    fill-rule="evenodd"
    stroke="${accent}"
    stroke-width="1.25"
    stroke-linejoin="round"
  />`;
}

/** The group's number, on the upper edge of its footprint, spread sideways so that neighbours don't hide each other. */
function badge(group: Group, index: number, count: number, frame: MapFrame): Markup {
  const points = group.rings.flat();
  const [west, , east, north] = extentOf(points, 0);
  const left = Math.max(0, frame.x(west));
  const right = Math.min(mapWidth, frame.x(east));
  const x = round(left + ((right - left) * (index + 1)) / (count + 1));
  const y = round(Math.max(14, Math.min(frame.height - 14, frame.y(north) + 14)));
  return markup`<circle cx="${x}" cy="${y}" r="9" fill="${paper}" stroke="${accent}" stroke-width="1.25" /><text
      x="${x}"
      y="${y + 3.5}"
      text-anchor="middle"
      font-size="9.5"
      font-weight="bold"
      fill="${accent}"
      >${index + 1}</text>
    `;
}

function keyRows(groups: readonly Group[], top: number): { content: Markup[]; height: number } {
  if (groups.length === 0) {
    const none = markup`<text x="0" y="${top + 32}" font-size="10.5" fill="${quietInk}">No item covers the area.</text>`;
    return { content: [none], height: 20 };
  }
  const shown = groups.slice(0, mostRows);
  const lines = shown.map(({ names }, index) => {
    const text = names.length === 1 ? (names[0] ?? '') : `${names.length} items: ${names.join(', ')}`;
    return { number: String(index + 1), text: wrapText(text, gutter + mapWidth - 26, 10.5, 'normal', 1)[0] ?? '' };
  });
  if (groups.length > shown.length)
    lines.push({ number: '…', text: `and ${groups.length - shown.length} more footprints` });
  const content = lines.map(
    ({ number, text }, index) =>
      markup`<text
          x="8"
          y="${top + 32 + index * 16}"
          text-anchor="middle"
          font-size="10.5"
          font-weight="bold"
          fill="${accent}"
          >${number}</text>
        <text x="24" y="${top + 32 + index * 16}" font-size="10.5" fill="${ink}">${text}</text>`,
  );
  return { content, height: 6 + lines.length * 16 };
}
