import { posix } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import type { Place } from '../run/places.ts';
import type { Asset, SceneItem } from './item.ts';
import { inOrder } from './item.ts';

/** Bands of a file that nothing describes are called b1, b2, ...; so many names are enough. */
const mostBands = 64;
const dayMs = 86_400_000;

interface FileScenes {
  readonly items: readonly SceneItem[];
  /** Those whose names tell no date. */
  readonly undated: readonly Place[];
  /** Those whose names say the same as that of another file, as `red.tif` and `red.tiff` do. */
  readonly doubled: readonly Place[];
}

/** A file as the band of a scene. */
interface BandFile {
  readonly place: Place;
  /** The size of its pixels in metres that ends the name; null without one. */
  readonly size: number | null;
}

/**
 * Makes scenes of rasters without STAC by their names: `S2_20230606_red.tif` and `S2_20230606_nir.tif` in one folder are the
 * assets `red` and `nir` of the scene `S2_20230606`; a file without a word for its band after the last `_` is a scene with the
 * asset `data`, whose bands are `b1`, `b2` and so on. The date stands in the name, see `dateInName`. A band in several sizes
 * (`_B04_10m`, `_B04_20m`) is an asset for each size, `B04_10m` and `B04_20m`; `B04` is the one without a size, else the finest.
 */
export function scenesOfFiles(places: readonly Place[]): FileScenes {
  const scenes = new Map<string, { place: Place; id: string; time: number; bands: Map<string, BandFile[]> }>();
  const undated: Place[] = [];
  const doubled: Place[] = [];
  for (const place of places) {
    const { id, band, size } = nameParts(place.name);
    const time = dateInName(id) ?? dateInName(posix.basename(place.name));
    if (time === null) {
      undated.push(place);
      continue;
    }
    const key = `${posix.dirname(place.name)}\0${id}`;
    const scene = scenes.get(key) ?? { place, id, time, bands: new Map<string, BandFile[]>() };
    scenes.set(key, scene);
    const files = scene.bands.get(band ?? 'data') ?? [];
    scene.bands.set(band ?? 'data', files);
    const same = files.find((file) => file.size === size);
    if (same === undefined) files.push({ place, size });
    else if (same.place.href !== place.href) doubled.push(place);
  }
  const items = Array.from(scenes.values(), ({ place, id, time, bands }) => ({
    id,
    collection: null,
    place,
    address: place.name,
    start: time,
    end: time,
    bbox: null,
    geometry: null,
    properties: {},
    assets: assetsOf(bands),
    links: [],
  }));
  return { items: items.sort(inOrder), undated, doubled };
}

/** What a task without any dated file is told. */
export function noDates(place: Place): AppError {
  return new AppError(
    'bad_data',
    `${place.name} has no date in its name, and there is no STAC item that says when it was taken.`,
    {
      remedy:
        'Name files after their date, such as S2_20230606_red.tif or 2023-06-06.tif, or write STAC Items for them.',
    },
  );
}

/** The assets of a scene: every band by its name, and by name and size where there are several sizes of it. */
function assetsOf(bands: ReadonlyMap<string, readonly BandFile[]>): Record<string, Asset> {
  const assets: Record<string, Asset> = {};
  for (const [band, files] of bands) {
    const sorted = files.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0));
    for (const [index, { place, size }] of sorted.entries()) {
      if (index === 0) assets[band] = assetOf(place);
      if (files.length > 1 && size !== null) assets[`${band}_${size}m`] = assetOf(place);
    }
  }
  return assets;
}

function assetOf({ href, name, root }: Place): Asset {
  return {
    // Relative to the item's place, which is a file of the same folder.
    href: root === null ? href : `./${encodeURIComponent(posix.basename(name))}`,
    roles: ['data'],
    bands: Array.from({ length: mostBands }, (_, index) => ({ name: `b${index + 1}` })),
  };
}

/** The scene and band of a file name: the band is a word that begins with a letter after the last `_`, a size as `_10m` aside. */
function nameParts(name: string): { id: string; band: string | null; size: number | null } {
  const stem = posix.basename(name).replace(/\.tiff?$/i, '');
  const [, sized = stem, metres] = /^(.*)_(\d+)m$/.exec(stem) ?? [];
  const at = sized.lastIndexOf('_');
  const word = sized.slice(at + 1);
  return at > 0 &&
    /^[A-Za-z][A-Za-z0-9]*$/.test(word) &&
    dateInName(word) === null &&
    dateInName(sized.slice(0, at)) !== null
    ? { id: sized.slice(0, at), band: word, size: metres === undefined ? null : Number(metres) }
    : { id: stem, band: null, size: null };
}

/**
 * The date in a name, as ms of its UTC instant: `20230606`, `2023-06-06`, `2023_06_06`, each with or without a time as
 * `T175909`, or year and day of the year as `2023157` or `A2023157`. Null without one; the first counts.
 */
export function dateInName(name: string): number | null {
  for (const match of name.matchAll(
    /(?<![0-9])((?:19|20)\d{2})([-_]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[T_]?([01]\d|2[0-3])([0-5]\d)([0-5]\d))?(?![0-9])/g,
  )) {
    const [, year = '', , month = '', day = '', hour = '00', minute = '00', second = '00'] = match;
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    // A day that the month does not have rolls over.
    if (new Date(time).getUTCDate() === Number(day)) return time;
  }
  const ordinal = /(?<![0-9])((?:19|20)\d{2})(\d{3})(?![0-9])/.exec(name);
  const [year, day] = [Number(ordinal?.[1]), Number(ordinal?.[2])];
  const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  return day >= 1 && day <= (isLeap ? 366 : 365) ? Date.UTC(year, 0, 1) + (day - 1) * dayMs : null;
}
