import { round } from './figure.ts';
import { textWidth } from './fonts.ts';
import type { Bbox } from './geo-frame.ts';
import { graticule } from './graticule.ts';
import { markup, type Markup } from './markup.ts';
import { hairline, quietInk } from './palette.ts';

export const mapWidth = 586;
/** Room for the latitudes at the left of the map. */
export const gutter = 54;
/** Length of a degree of latitude on the mean sphere (IUGG, R = 6371.0088 km), in metres. */
const metresPerDegree = 111_195.08;

/** Where longitudes and latitudes lie on a map figure: equirectangular, true to scale at the middle latitude. */
export interface MapFrame {
  readonly extent: Bbox;
  readonly height: number;
  /** Ground length of one layout unit, at the middle latitude. */
  readonly metresPerUnit: number;
  readonly x: (longitude: number) => number;
  readonly y: (latitude: number) => number;
}

/** The frame of a map that shows an extent; one too tall or too flat for the figure is widened around its middle, never stretched. */
export function mapFrame([west, south, east, north]: Bbox): MapFrame {
  const squeeze = Math.max(0.1, Math.cos((((south + north) / 2) * Math.PI) / 180));
  const perDegree = mapWidth / (east - west);
  const height = Math.round(Math.min(560, Math.max(200, ((north - south) * perDegree) / squeeze)));
  const scale = Math.min(perDegree, (height * squeeze) / (north - south));
  const [halfX, halfY] = [mapWidth / scale / 2, (height * squeeze) / scale / 2];
  const [midX, midY] = [(west + east) / 2, (south + north) / 2];
  return {
    extent: [midX - halfX, midY - halfY, midX + halfX, midY + halfY],
    height,
    metresPerUnit: (metresPerDegree * Math.cos((midY * Math.PI) / 180)) / scale,
    x: (longitude) => mapWidth / 2 + (longitude - midX) * scale,
    y: (latitude) => height / 2 - ((latitude - midY) * scale) / squeeze,
  };
}

export function graticuleLines(frame: MapFrame): Markup[] {
  const { x, y } = graticule(frame.extent, 4);
  return [
    ...x.map(({ at }) => markup`<path d="M${round(frame.x(at))} 0V${frame.height}" stroke="${hairline}" />`),
    ...y.map(({ at }) => markup`<path d="M0 ${round(frame.y(at))}H${mapWidth}" stroke="${hairline}" />`),
  ];
}

export function graticuleLabels(frame: MapFrame): Markup[] {
  const { x, y } = graticule(frame.extent, 4);
  return [
    ...x.map(({ at, label }) => {
      const half = textWidth(label, 10) / 2;
      const place = Math.max(half, Math.min(mapWidth - half, frame.x(at)));
      return markup`<text
        x="${round(place)}"
        y="${frame.height + 14}"
        text-anchor="middle"
        font-size="10"
        fill="${quietInk}"
        >${label}</text>
      `;
    }),
    ...y
      .filter(({ at }) => frame.y(at) > 0 && frame.y(at) < frame.height)
      .map(
        ({ at, label }) =>
          markup`<text x="-6" y="${round(frame.y(at) + 3.5)}" text-anchor="end" font-size="10" fill="${quietInk}">${label}</text>
          `,
      ),
  ];
}
