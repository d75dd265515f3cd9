import type { View } from '../geo/view.ts';
import type { RasterPainter } from '../gl/raster-painter.ts';
import { textureBytes } from '../gl/textures.ts';
import type { CallReader } from '../reader/protocol.ts';
import type { BandSummary } from '../reader/band-summary.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import { bandsOf } from '../style/layer-style.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import type { ChosenTile } from '../tiles/choose-tiles.ts';
import { tileWindow } from '../tiles/tile-grid.ts';
import type { TileStore } from '../tiles/tile-store.ts';
import { colouringOf } from './colouring.ts';
import { firstViewTiles, viewTiles } from './view-tiles.ts';
import type { TileTexture } from './plan-drawing.ts';
import { MeshCache, planDrawing } from './plan-drawing.ts';
import type { OpenRaster, Shown } from './raster-state.ts';

/** What a raster view tells the engine that owns it. */
export interface RasterEvents {
  readonly onSummary: (summary: BandSummary) => void;
  readonly onShown: (shown: Shown | null, notice: string | null) => void;
  readonly onError: (error: AppError) => void;
  readonly repaint: () => void;
}

const zoomIn = 'It has no overviews: zoom in until its pixels are large enough to be loaded.';

/** The tiles of one visible raster: which are needed, on their way and drawn. */
export class RasterView {
  readonly #id: string;
  readonly #open: OpenRaster;
  readonly #reader: CallReader;
  readonly #store: TileStore<TileTexture>;
  readonly #events: RasterEvents;
  readonly #meshes = new MeshCache();
  readonly #waiting = new Map<string, AbortController>();
  readonly #failed = new Set<string>();
  readonly #summaries = new Map<number, AbortController>();
  #chosen: readonly ChosenTile[] = [];
  #before: readonly ChosenTile[] = [];
  #painter: RasterPainter | null = null;
  /** True until a person moves the map: the first view must be cheap, whatever the raster's size. */
  #isFirst = true;

  constructor(id: string, open: OpenRaster, reader: CallReader, store: TileStore<TileTexture>, events: RasterEvents) {
    this.#id = id;
    this.#open = open;
    this.#reader = reader;
    this.#store = store;
    this.#events = events;
  }

  /** The map was moved by a person. */
  moved(): void {
    this.#isFirst = false;
  }

  /** Tries again what failed. */
  retry(): void {
    this.#failed.clear();
    // What is still being read is asked for anew, too: the ones that failed are kept among them.
    for (const stop of this.#summaries.values()) stop.abort();
    this.#summaries.clear();
  }

  usePainter(painter: RasterPainter | null): void {
    this.#painter = painter;
  }

  isNeeded(key: string, style: LayerStyle): boolean {
    return this.#chosen.some((tile) => this.#key(tile, style) === key);
  }

  /** Asks for what the view needs and gives up what it no longer does. */
  update(view: View, style: LayerStyle, summaries: Readonly<Record<number, BandSummary>>): void {
    const { info, places } = this.#open;
    const tiles = this.#isFirst ? firstViewTiles(places, view, info) : viewTiles(places, view, info);
    if (tiles !== null && tiles.some(({ key }) => !this.#chosen.some((tile) => tile.key === key))) {
      this.#before = [...this.#chosen, ...this.#before].slice(0, 200);
    }
    this.#chosen = tiles ?? [];
    const level = Math.min(...this.#chosen.map((tile) => tile.level));
    let isReady = true;
    for (const band of style.look.kind === 'palette' ? [] : bandsOf(style.look))
      if (summaries[band] === undefined) {
        this.#summarise(band, Number.isFinite(level) ? level : null);
        isReady = false;
      }
    // The summary reads the blocks that the tiles need: asking for both at once would fetch them twice.
    if (isReady) this.#request(style, view);
    const waiting = this.#chosen.filter((tile) => !this.#store.has(this.#key(tile, style))).length;
    this.#events.onShown(
      this.#chosen.length === 0 ? null : { level, waiting: waiting - this.#failedHere(style) },
      tiles === null ? zoomIn : null,
    );
  }

  draw(painter: RasterPainter, view: View, style: LayerStyle, summaries: Readonly<Record<number, BandSummary>>): void {
    const colouring = colouringOf(style, summaries, this.#open.info);
    if (colouring === null) return;
    const textureOf = (tile: ChosenTile): TileTexture | undefined => this.#store.get(this.#key(tile, style));
    painter.draw(
      view,
      colouring,
      planDrawing(this.#open.places, this.#chosen, this.#before, textureOf, this.#meshes, view),
    );
  }

  /** Stops everything that is on its way. */
  stop(): void {
    for (const stop of [...this.#waiting.values(), ...this.#summaries.values()]) stop.abort();
    this.#waiting.clear();
    this.#summaries.clear();
  }

  #failedHere(style: LayerStyle): number {
    return this.#chosen.filter((tile) => this.#failed.has(this.#key(tile, style))).length;
  }

  #key(tile: ChosenTile, { look }: LayerStyle): string {
    const what = look.kind === 'palette' ? 'palette' : bandsOf(look).join(',');
    return `${this.#id}|${what}|${tile.key}`;
  }

  #request(style: LayerStyle, view: View): void {
    const wanted = new Map(this.#chosen.map((tile) => [this.#key(tile, style), tile]));
    for (const [key, stop] of this.#waiting)
      if (!wanted.has(key)) {
        this.#waiting.delete(key);
        stop.abort();
      }
    const distance = ({ area }: ChosenTile): number =>
      Math.hypot((area[0] + area[2]) / 2 - view.x, (area[1] + area[3]) / 2 - view.y);
    const missing = [...wanted].filter(
      ([key]) => !this.#store.has(key) && !this.#waiting.has(key) && !this.#failed.has(key),
    );
    for (const [key, tile] of missing.sort(([, a], [, b]) => distance(a) - distance(b)))
      void this.#load(key, tile, style);
  }

  async #load(key: string, tile: ChosenTile, style: LayerStyle): Promise<void> {
    const level = this.#open.places.levels[tile.level];
    if (level === undefined || this.#painter === null) return;
    const stop = new AbortController();
    this.#waiting.set(key, stop);
    try {
      const window = tileWindow(level, tile);
      const input = { raster: this.#open.raster, look: style.look, level: tile.level, window };
      const pixels = await this.#reader.call('tile', input, stop.signal);
      const painter = this.#painter;
      if (stop.signal.aborted || painter === null) return;
      const texture = painter.upload(pixels);
      const { width, height, format } = pixels;
      const free = (): void => painter.gl.deleteTexture(texture);
      this.#store.set(key, { value: { texture, format, width, height }, bytes: textureBytes(pixels), free }, (other) =>
        this.isNeeded(other, style),
      );
    } catch (cause) {
      if (stop.signal.aborted) return;
      this.#failed.add(key);
      this.#events.onError(toAppError(cause));
    } finally {
      if (this.#waiting.get(key) === stop) this.#waiting.delete(key);
      if (!stop.signal.aborted) this.#events.repaint();
    }
  }

  #summarise(band: number, level: number | null): void {
    if (this.#summaries.has(band)) return;
    const stop = new AbortController();
    this.#summaries.set(band, stop);
    this.#reader.call('summary', { raster: this.#open.raster, band, level }, stop.signal).then(
      (summary) => {
        this.#summaries.delete(band);
        this.#events.onSummary(summary);
      },
      (cause: unknown) => {
        // It stays in #summaries, so that a broken file is not read over and over.
        if (!stop.signal.aborted) this.#events.onError(toAppError(cause));
      },
    );
  }
}
