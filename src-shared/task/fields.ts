import { z } from 'zod';
import { bucketSchemes, isBucketAddress, isRemoteAddress, parseBucketAddress } from './object-address.ts';

/** One line of text without control characters. */
export const Line = z
  .string()
  .min(1, 'must not be empty')
  .max(2_000)
  // eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
  .refine((text) => !/[\u0000-\u001f\u007f]/.test(text), 'must be one line without control characters');

/** `http(s)` or bucket address, or a path; other schemes are refused. */
export const Href = Line.refine(
  (href) => !/^[a-z][a-z0-9+.-]*:\/\//i.test(href) || isRemoteAddress(href),
  `must be an address of http(s), ${bucketSchemes}, or a local path`,
)
  .refine((href) => !/^file:/i.test(href), 'must be an http(s) address or a plain path, without file:')
  .refine(
    (href) => !isBucketAddress(href) || parseBucketAddress(href) !== null,
    'must be s3://BUCKET/KEY, gs://BUCKET/KEY, az://CONTAINER/KEY or abfs://CONTAINER@ACCOUNT.dfs.core.windows.net/KEY',
  );

const order = 'order is west, south, east, north, in degrees';
const longitude = z
  .number()
  .min(-180, `a longitude is -180 to 180; ${order}`)
  .max(180, `a longitude is -180 to 180; ${order}`);
const latitude = z.number().min(-90, `a latitude is -90 to 90; ${order}`).max(90, `a latitude is -90 to 90; ${order}`);

/** WGS 84 `[west, south, east, north]` in degrees; west > east crosses the antimeridian. */
export const BboxWgs84 = z
  .tuple([longitude, latitude, longitude, latitude])
  .refine(([, south, , north]) => south < north, `must have south < north; ${order}`)
  .refine(([west, , east]) => west !== east, 'must have a width: west and east are equal');
export type BboxWgs84 = z.infer<typeof BboxWgs84>;

const date = /^\d{4}-\d{2}-\d{2}$/;
const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function instant(text: string, end: 'start' | 'end'): number {
  const day = text.slice(0, 10);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  // Date.parse rolls 2023-02-31 over to March; a date must survive the round trip.
  if (Number.isNaN(midnight) || !new Date(midnight).toISOString().startsWith(day)) return Number.NaN;
  if (dateTime.test(text)) return Date.parse(text);
  return date.test(text) ? midnight + (end === 'start' ? 0 : 86_399_999) : Number.NaN;
}

/** Parses a STAC datetime into closed bounds in ms since the epoch; an open side is infinite. Null when malformed. */
export function parseInterval(text: string): { start: number; end: number } | null {
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) return null;
  if (second === undefined) {
    const bounds = { start: instant(first, 'start'), end: instant(first, 'end') };
    return Number.isNaN(bounds.start) ? null : bounds;
  }
  const open = (side: string) => side === '' || side === '..';
  const start = open(first) ? -Infinity : instant(first, 'start');
  const end = open(second) ? Infinity : instant(second, 'end');
  if (Number.isNaN(start) || Number.isNaN(end) || start > end || (open(first) && open(second))) return null;
  return { start, end };
}

/** RFC 3339 date, date-time or interval, as STAC defines `datetime`. */
export const DatetimeInterval = Line.refine(
  (text) => parseInterval(text) !== null,
  'must be a date, a date-time or an interval such as "2023-06-01/2023-08-31" ("..": open), start before end',
);

const position = z.array(z.number()).min(2).max(3);
const ring = z
  .array(position)
  .min(4, 'must have at least four positions, the last equal to the first')
  .refine((positions) => {
    const [first, last] = [positions[0], positions.at(-1)];
    return first?.every((value, axis) => value === last?.[axis]) === true;
  }, 'must be closed: the last position equals the first');
const polygon = z.strictObject({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) });
const multiPolygon = z.strictObject({
  type: z.literal('MultiPolygon'),
  coordinates: z.array(z.array(ring).min(1)).min(1),
});
export const AoiGeometry = z.discriminatedUnion('type', [polygon, multiPolygon]);
export type AoiGeometry = z.infer<typeof AoiGeometry>;

/** Area of interest: a GeoJSON Polygon or MultiPolygon (WGS 84), or the path of a GeoJSON file. */
export const Aoi = z.union([
  AoiGeometry.meta({ title: 'GeoJSON in the task', format: 'geojson' }),
  Href.meta({ title: 'GeoJSON file', format: 'geojson-href' }),
]);

/** Name of a band or asset. */
export const BandName = Line.max(100);

/** A coordinate reference system by authority code. */
export const CrsCode = z.string().regex(/^(EPSG:\d{4,6}|OGC:CRS84)$/, 'must be an authority code such as EPSG:32618');
