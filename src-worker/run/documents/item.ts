import type { Artefact } from '../../../src-shared/job.ts';
import { isRemoteAddress } from '../../../src-shared/task/object-address.ts';
import { syntheticProperty } from '../marks.ts';
import type { Derivation, Json, MapFact, Outcome } from '../messages.ts';
import type { RunEnd, RunIdentity } from './run-end.ts';

const extension = (name: string) => `https://stac-extensions.github.io/${name}/schema.json`;

/** Multihash prefix of a sha256: code 0x12, 32 (0x20) bytes. */
const sha256Multihash = '1220';

/** item.json: the outputs as a STAC 1.1 Item with relative hrefs, linked to what they were made from. */
export function outputsItem(run: RunIdentity, end: RunEnd, outcome: Outcome, artefacts: readonly Artefact[]): Json {
  const { bbox, start, end: last } = outcome.extent;
  const created = end.endedAt.toISOString();
  const single = start === last ? start : null;
  const maps = new Map(outcome.maps.map((map) => [map.path, map]));
  const assets = artefacts.map((artefact) => [artefact.path, asset(artefact, maps.get(artefact.path))] as const);
  return {
    type: 'Feature',
    stac_version: '1.1.0',
    stac_extensions: [
      extension('processing/v1.2.0'),
      extension('file/v2.1.0'),
      // Schemas of extensions want at least one of their fields.
      ...(maps.size > 0 ? [extension('projection/v2.0.0')] : []),
    ],
    id: run.jobId,
    ...(bbox !== null && { bbox }),
    geometry: bbox === null ? null : rectangle(bbox),
    properties: {
      title: run.task?.task_name ?? run.jobId,
      datetime: start === null || last === null ? created : single,
      ...(start !== null && last !== null && single === null && { start_datetime: start, end_datetime: last }),
      created,
      'processing:software': { 'transect-worker': run.worker.version, node: process.versions.node },
      'processing:version': run.worker.version,
      'processing:datetime': created,
      'processing:lineage': `${outcome.summary} ${outcome.validityLine}`,
      'transect:validity': end.validity,
      'transect:review': 'needs_review',
      ...(outcome.marks.length > 0 && { [syntheticProperty]: true }),
    },
    links: outcome.derivedFrom.map(derivation),
    assets: Object.fromEntries(assets),
  };
}

/** A name of something local becomes a URI reference: there is no address that would hold elsewhere. */
function derivation({ href, title, mediaType }: Derivation): Json {
  const isWeb = isRemoteAddress(href);
  const reference = isWeb ? href : encodeURI(href).replaceAll('#', '%23').replaceAll('?', '%3F');
  return { rel: 'derived_from', href: reference, type: mediaType, title };
}

function asset(artefact: Artefact, map: MapFact | undefined): Json {
  return {
    href: `./${artefact.path}`,
    type: artefact.mediaType,
    roles: [roleOf(artefact.path)],
    'file:size': artefact.bytes,
    'file:checksum': sha256Multihash + artefact.sha256,
    ...(map !== undefined && {
      'proj:code': map.crs,
      'proj:shape': map.shape,
      'proj:transform': map.transform,
      bands: map.bands.map(({ name, dtype, nodata, statistics: { min, max, mean, std, count } }) => ({
        name,
        data_type: dtype,
        ...(nodata !== null && { nodata }),
        ...(count > 0 && { statistics: { minimum: min, maximum: max, mean, stddev: std, count } }),
      })),
    }),
  };
}

function roleOf(path: string): string {
  if (path.startsWith('figures/')) return 'overview';
  return path.startsWith('maps/') || path.startsWith('tables/') ? 'data' : 'metadata';
}

function rectangle([west, south, east, north]: readonly [number, number, number, number]): Json {
  const ring = (w: number, e: number) => [
    [w, south],
    [e, south],
    [e, north],
    [w, north],
    [w, south],
  ];
  // RFC 7946, 3.1.9: what crosses the antimeridian is cut in two.
  return west > east
    ? { type: 'MultiPolygon', coordinates: [[ring(west, 180)], [ring(-180, east)]] }
    : { type: 'Polygon', coordinates: [ring(west, east)] };
}
