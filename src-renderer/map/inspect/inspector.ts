import { toAppError } from '../../../src-shared/errors.ts';
import type { RasterEngine } from '../layers/raster-engine.ts';
import type { RasterState } from '../layers/raster-state.ts';
import type { PointedAt } from '../map-view.ts';
import { Store } from '../store.ts';
import type { RasterReading, Reading } from './reading.ts';
import { pixelPlace, positionOf } from './reading.ts';

/** What may be fetched for a place that the pointer rests on: about one block of full resolution. */
const restBytes = 1_500_000;
const restMs = 250;
const maxPins = 12;

export interface InspectorState {
  /** Under the pointer. */
  readonly hover: Reading | null;
  /** Read at full resolution, newest first. */
  readonly pins: readonly Reading[];
}

/** The rasters that are shown, and whether the map is the earth or a raster's own plane. */
export interface ShownRasters {
  readonly rasters: readonly RasterState[];
  readonly isEarth: boolean;
}

/** Reads values under the pointer (what is in memory at once, full resolution after a rest) and at pinned places. */
export class Inspector {
  readonly store = new Store<InspectorState>({ hover: null, pins: [] });
  readonly #engine: RasterEngine;
  readonly #shown: () => ShownRasters;
  #hovering = new AbortController();
  #rest: ReturnType<typeof setTimeout> | undefined;
  #next = 1;

  constructor(engine: RasterEngine, shown: () => ShownRasters) {
    this.#engine = engine;
    this.#shown = shown;
  }

  hover(at: PointedAt | null): void {
    this.#hovering.abort();
    clearTimeout(this.#rest);
    this.#hovering = new AbortController();
    const { signal } = this.#hovering;
    if (at === null) {
      this.store.set({ ...this.store.get(), hover: null });
      return;
    }
    const reading = this.#start(at);
    const show = (hover: Reading): void => this.store.set({ ...this.store.get(), hover });
    show(reading);
    void this.#read(reading, 0, signal, show).then((known) => {
      const isComplete = known.rasters.every(({ place, sample }) => place === null || sample?.level === 0);
      if (signal.aborted || isComplete) return;
      this.#rest = setTimeout(() => void this.#read(known, restBytes, signal, show), restMs);
    });
  }

  /** Reads a place at full resolution and keeps it in the list. */
  async pin(at: PointedAt): Promise<void> {
    const reading = this.#start(at);
    const show = (pin: Reading): void => {
      const { hover, pins } = this.store.get();
      const others = pins.filter(({ key }) => key !== pin.key);
      const isNew = others.length === pins.length;
      if (isNew && pin !== reading) return;
      const all = isNew ? [pin, ...pins] : pins.map((one) => (one.key === pin.key ? pin : one));
      this.store.set({ hover, pins: all.slice(0, maxPins) });
    };
    show(reading);
    await this.#read(reading, Infinity, new AbortController().signal, show);
  }

  unpin(key: number): void {
    const { hover, pins } = this.store.get();
    this.store.set({ hover, pins: pins.filter((pin) => pin.key !== key) });
  }

  clear(): void {
    this.store.set({ ...this.store.get(), pins: [] });
  }

  #start({ x, y }: PointedAt): Reading {
    const { rasters, isEarth } = this.#shown();
    return {
      key: this.#next++,
      x,
      y,
      position: isEarth ? positionOf(x, y) : null,
      rasters: rasters.flatMap(({ id, open }): RasterReading[] => {
        if (open === null) return [];
        const place = pixelPlace(open.places.placement, open.info, x, y);
        return [{ id, place, sample: null, isWaiting: place !== null, error: null }];
      }),
    };
  }

  /** Fills in the samples; calls `show` whenever one is there. A sample is never replaced by a coarser one. */
  async #read(
    reading: Reading,
    maxBytes: number,
    signal: AbortSignal,
    show: (reading: Reading) => void,
  ): Promise<Reading> {
    let now = reading;
    const fill = (id: string, change: Partial<RasterReading>): void => {
      if (signal.aborted) return;
      now = { ...now, rasters: now.rasters.map((one) => (one.id === id ? { ...one, ...change } : one)) };
      show(now);
    };
    await Promise.all(
      reading.rasters.map(async ({ id, place, sample }) => {
        if (place === null || sample?.level === 0) return;
        try {
          const read = await this.#engine.sample(id, place.column, place.row, maxBytes, signal);
          fill(id, { isWaiting: false, ...(read !== null && { sample: read }) });
        } catch (cause) {
          fill(id, { isWaiting: false, error: toAppError(cause).message });
        }
      }),
    );
    return now;
  }
}
