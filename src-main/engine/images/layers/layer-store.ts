import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { z } from 'zod';
import { sha256OfFile } from '../digests.ts';
import type { Component, StoredLayer } from './layer.ts';
import { Layer, gzipLayerType } from './layer.ts';
import type { TarEntry } from './tar.ts';
import { ordered, tarOf } from './tar.ts';

/** What a layer is made of. */
export interface LayerContent {
  readonly entries: readonly TarEntry[];
  readonly createdBy: string;
  readonly components: readonly Component[];
  /** Removes what was fetched for it, once it is packed. */
  readonly dispose?: () => Promise<void>;
}

/** A slot holds the newest layer of one sort; `key` says which one is wanted. */
export interface LayerWanted {
  readonly slot: string;
  readonly key: string;
  /** After this many milliseconds it is made anew; the old one is used when that cannot be done. */
  readonly freshMs?: number;
  make(signal: AbortSignal): Promise<LayerContent>;
}

const Stored = z.strictObject({ key: z.string(), madeAt: z.iso.datetime(), layer: Layer });
/** Folders in the cache into which something is fetched begin with this. */
export const fetchFolderPrefix = 'fetch-';
const abandonedMs = 24 * 3_600_000;

/**
 * Keeps layers between builds. Files are named by their digest and come into being by one rename, so that several engines can
 * share the folder and a crash leaves nothing that looks whole.
 */
export class LayerStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Where a layer's file lies, whether or not it is there. */
  fileOf(digest: string): string {
    return join(this.#folder, `${digest.replace('sha256:', '')}.layer`);
  }

  /** Whether a layer's file is there in full. */
  has({ digest, size }: Pick<Layer, 'digest' | 'size'>): boolean {
    return statSync(this.fileOf(digest), { throwIfNoEntry: false })?.size === size;
  }

  async layer(wanted: LayerWanted, signal: AbortSignal): Promise<StoredLayer> {
    const kept = this.#read(wanted);
    if (kept !== null && Date.now() - kept.madeAt < (wanted.freshMs ?? Infinity)) return kept.layer;
    try {
      return await this.#make(wanted, signal);
    } catch (cause) {
      if (kept === null || signal.aborted) throw cause;
      return kept.layer;
    }
  }

  /** Digest of a layer without keeping it: also on a disk that is full. */
  async diffId(wanted: LayerWanted, signal: AbortSignal): Promise<string> {
    const kept = this.#read(wanted);
    if (kept !== null) return kept.layer.diffId;
    const { entries, dispose } = await wanted.make(signal);
    const hash = createHash('sha256');
    try {
      for await (const piece of tarOf(ordered(entries))) hash.update(piece as Buffer);
    } finally {
      await dispose?.();
    }
    return `sha256:${hash.digest('hex')}`;
  }

  /** Keeps a small document that names layers; they are not thrown away as long as it stands. */
  async remember(slot: string, value: unknown): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const part = this.#partFile();
    await writeFile(part, JSON.stringify(value));
    await rename(part, this.#slotFile(slot));
  }

  /** What was remembered, or null. */
  recall(slot: string): unknown {
    try {
      return JSON.parse(readFileSync(this.#slotFile(slot), 'utf8'));
    } catch {
      // Not there, or unreadable: it is found out anew.
      return null;
    }
  }

  /** Removes the layers whose file is not what its name says; the next build makes them anew. Gives how many. */
  async removeDamaged(layers: readonly StoredLayer[]): Promise<number> {
    let removed = 0;
    for (const { file, digest } of layers)
      if ((await sha256OfFile(file).catch(() => null)) !== digest) {
        await rm(file, { force: true });
        removed += 1;
      }
    return removed;
  }

  #read({ slot, key }: LayerWanted): { layer: StoredLayer; madeAt: number } | null {
    const stored = Stored.safeParse(this.recall(slot)).data;
    if (stored?.key !== key || !this.has(stored.layer)) return null;
    return { layer: { ...stored.layer, file: this.fileOf(stored.layer.digest) }, madeAt: Date.parse(stored.madeAt) };
  }

  async #make(wanted: LayerWanted, signal: AbortSignal): Promise<StoredLayer> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    this.#removeAbandoned();
    const { entries, createdBy, components, dispose } = await wanted.make(signal);
    const part = this.#partFile();
    try {
      const plain = new HashingPass();
      const packed = new HashingPass();
      await pipeline(tarOf(ordered(entries)), plain, createGzip(), packed, createWriteStream(part, { flags: 'wx' }), {
        signal,
      });
      const layer: Layer = {
        diffId: plain.digest(),
        digest: packed.digest(),
        size: packed.bytes,
        mediaType: gzipLayerType,
        createdBy,
        components: [...components],
      };
      const file = this.fileOf(layer.digest);
      await rename(part, file);
      const stored: z.infer<typeof Stored> = { key: wanted.key, madeAt: new Date().toISOString(), layer };
      await this.remember(wanted.slot, stored);
      return { ...layer, file };
    } finally {
      await rm(part, { force: true });
      await dispose?.();
    }
  }

  #slotFile(slot: string): string {
    return join(this.#folder, `${slot}.json`);
  }

  #partFile(): string {
    return join(this.#folder, `${randomBytes(8).toString('hex')}.part`);
  }

  /** Removes what crashes left behind and what no slot names any more, once nobody can be reading it. */
  #removeAbandoned(): void {
    const names = readdirSync(this.#folder);
    const slots = names
      .filter((name) => name.endsWith('.json'))
      .map((name) => readFileSync(join(this.#folder, name), 'utf8'));
    const used = new Set(slots.flatMap((text) => text.match(/(?<=sha256:)[0-9a-f]{64}/g) ?? []));
    for (const name of names) {
      const [stem = '', end] = name.split('.');
      const left = end === 'part' || name.startsWith(fetchFolderPrefix) || (end === 'layer' && !used.has(stem));
      if (!left) continue;
      const path = join(this.#folder, name);
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > abandonedMs) rmSync(path, { recursive: true, force: true });
    }
  }
}

/** Lets bytes through and hashes them. */
class HashingPass extends Transform {
  readonly #hash = createHash('sha256');
  bytes = 0;

  override _transform(piece: Buffer, _encoding: string, next: (cause: Error | null, piece: Buffer) => void): void {
    this.#hash.update(piece);
    this.bytes += piece.length;
    next(null, piece);
  }

  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
