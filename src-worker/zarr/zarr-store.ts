import type { AbsolutePath, AsyncReadable } from 'zarrita';
import { isZarritaError, open, root, withConsolidatedMetadata } from 'zarrita';
import { AppError } from '../../src-shared/errors.ts';
import { openObjectStore } from '../io/keyed-store.ts';
import type { RunContext } from '../run/context.ts';
import type { Place } from '../run/places.ts';
import { useBoundedCodecs } from './codecs.ts';
import { isNumberType } from './dtype.ts';
import { parseMetadata } from './json.ts';
import { KeyedReadable } from './keyed-readable.ts';
import type { ArrayFacts } from './metadata.ts';
import { factsOfV2, factsOfV3 } from './metadata.ts';
import { reason } from './reason.ts';
import { ZarrArray } from './zarr-array.ts';

const listed = 40;

interface Listing {
  contents(): { readonly path: string; readonly kind: 'array' | 'group' }[];
}

/** A Zarr store (version 2 or 3, consolidated or not) that is read by its keys and never listed. */
export class ZarrStore {
  /** What it is called in messages and reports. */
  readonly name: string;
  readonly #objects: KeyedReadable;
  readonly #reader: AsyncReadable & Partial<Listing>;

  private constructor(objects: KeyedReadable, reader: AsyncReadable & Partial<Listing>) {
    this.name = objects.store.name;
    this.#objects = objects;
    this.#reader = reader;
  }

  /** Reads the consolidated metadata where there are any. @throws AppError `not_found`, `bad_data`, or what reading throws */
  static async open(place: Place, ctx: RunContext): Promise<ZarrStore> {
    useBoundedCodecs();
    const objects = new KeyedReadable(await openObjectStore(place, ctx.read), ctx.memory.bytes, place.root === null);
    const consolidated = withConsolidatedMetadata(objects, { format: ['v3', 'v2'] });
    const reader = await consolidated.catch((cause: unknown) => {
      if (cause instanceof AppError || !isZarritaError(cause)) throw cause;
      return null;
    });
    return new ZarrStore(objects, reader ?? objects);
  }

  /** The paths of its arrays, sorted; null when only a listing would tell. */
  paths(): readonly string[] | null {
    const arrays = this.#reader.contents?.().filter(({ kind }) => kind === 'array');
    return arrays === undefined ? null : arrays.map(({ path }) => path.slice(1)).sort();
  }

  /** The attributes of the group at a path (empty: the root); none where there is no such group. */
  async groupAttributes(path: string): Promise<Readonly<Record<string, unknown>>> {
    const found = await this.#json(keyIn(path, 'zarr.json'));
    const own = record(found) ? found['attributes'] : await this.#json(keyIn(path, '.zattrs'));
    return record(own) ? own : {};
  }

  /** The attributes of an array of any type, such as a grid mapping; null where there is none. */
  async attributesOf(path: string): Promise<Readonly<Record<string, unknown>> | null> {
    return (await this.factsOf(path))?.attributes ?? null;
  }

  /** An array, or null where there is none. @throws AppError `bad_data` for metadata that can't be read */
  async find(path: string): Promise<ZarrArray | null> {
    const facts = await this.factsOf(path);
    if (facts === null) return null;
    if (!isNumberType(facts.dtype))
      throw this.#bad(path, `holds values of type ${facts.dtype}, which are no numbers`, 'Name an array of numbers.');
    try {
      const location = root(this.#reader).resolve(keyIn(path, ''));
      if (facts.index?.atStart === true) this.#objects.indexesAtStart(keyIn(path, '').slice(1));
      const opening = facts.format === 3 ? open.v3 : open.v2;
      const fresh = () => opening(location, { kind: 'array' });
      return await ZarrArray.open(this.name, path, { ...facts, dtype: facts.dtype }, fresh, this.#objects);
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      throw this.#bad(path, `can’t be opened (${reason(cause)})`, rewrite, cause);
    }
  }

  /** An array. @throws AppError `not_found` that lists the arrays where they are known */
  async array(path: string): Promise<ZarrArray> {
    const found = await this.find(path);
    if (found !== null) return found;
    if (this.#objects.refused !== null) throw this.#objects.refused;
    const paths = this.paths();
    const isGroup = Object.keys(await this.groupAttributes(path)).length > 0;
    throw new AppError(
      'not_found',
      paths === null && !(await this.#isStore())
        ? `${this.name} is no Zarr store: it has neither zarr.json nor .zgroup, .zarray or .zmetadata.`
        : `${this.name} has no array ${path}${isGroup ? ', which is a group' : ''}.${paths === null ? '' : ` Its arrays: ${paths.slice(0, listed).join(', ')}${paths.length > listed ? ', …' : ''}.`}`,
      { remedy: 'Check inputs.zarr, which names the folder or address of the store itself, and analysis.variable.' },
    );
  }

  async #isStore(): Promise<boolean> {
    for (const key of ['/zarr.json', '/.zgroup', '/.zarray'] as const)
      if ((await this.#objects.get(key)) !== undefined) return true;
    return false;
  }

  /** What the metadata of an array of any type say; null where there is none. @throws AppError `bad_data` for damaged ones */
  async factsOf(path: string): Promise<ArrayFacts | null> {
    const v3 = await this.#json(keyIn(path, 'zarr.json'));
    const isArray = record(v3) && v3['node_type'] === 'array';
    if (isArray) return factsOfV3(v3) ?? this.#unreadable(path);
    const v2 = await this.#json(keyIn(path, '.zarray'));
    if (v2 === undefined) return null;
    return factsOfV2(v2, await this.#json(keyIn(path, '.zattrs'))) ?? this.#unreadable(path);
  }

  #unreadable(path: string): never {
    throw this.#bad(
      path,
      'has metadata that are damaged or of a kind that is not read (only regular chunks are)',
      rewrite,
    );
  }

  async #json(key: AbsolutePath): Promise<unknown> {
    const bytes = await this.#reader.get(key);
    if (bytes === undefined) return undefined;
    const json = parseMetadata(bytes);
    if (json !== undefined) return json;
    throw new AppError('bad_data', `${this.name}${key} is no JSON.`, { remedy: rewrite });
  }

  #bad(path: string, what: string, remedy: string, cause?: unknown): AppError {
    return new AppError('bad_data', `The array ${path} of ${this.name} ${what}.`, { remedy, cause });
  }
}

const rewrite = 'Use another copy of the store, or write it again with zarr-python or xarray.';

function keyIn(path: string, name: string): AbsolutePath {
  const parts = path.split('/').filter((part) => part !== '');
  return `/${[...parts, ...(name === '' ? [] : [name])].join('/')}`;
}

function record(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
