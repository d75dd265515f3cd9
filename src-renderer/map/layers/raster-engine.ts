import type { AppError } from '../../../src-shared/errors.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import { placementOf } from '../geo/placement.ts';
import type { View } from '../geo/view.ts';
import type { RasterPainter } from '../gl/raster-painter.ts';
import type { Traffic } from '../reader/protocol.ts';
import { ReaderClient } from '../reader/reader-client.ts';
import type { Sample } from '../reader/sample.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import { initialStyle } from '../style/layer-style.ts';
import { TilePlaces } from '../tiles/choose-tiles.ts';
import { levelsOf } from '../tiles/tile-grid.ts';
import { TileStore } from '../tiles/tile-store.ts';
import type { TileTexture } from './plan-drawing.ts';
import type { OpenRaster, RasterState } from './raster-state.ts';
import { closedRaster } from './raster-state.ts';
import type { RasterFile } from '../reader/protocol.ts';
import { RasterView } from './raster-view.ts';
import { Store } from '../store.ts';

/** Memory for tiles on the graphics card, all rasters together. */
const textureBudget = 256 * 1024 * 1024;

/** What the window shows of the engine; a new object at every change. */
export interface EngineState {
  /** Uppermost first. */
  readonly rasters: readonly RasterState[];
  readonly traffic: Traffic;
}

/** The rasters of a map: opens them, keeps their styles and order, loads what a view needs and draws it. */
export class RasterEngine {
  readonly #client: ReaderClient;
  readonly #store = new TileStore<TileTexture>(textureBudget);
  readonly #views = new Map<string, RasterView>();
  readonly #opening = new Map<string, Promise<OpenRaster | null>>();
  readonly #repaint: () => void;
  readonly #stop = new AbortController();
  #painter: RasterPainter | null = null;
  readonly #state = new Store<EngineState>({ rasters: [], traffic: { requests: 0, bytes: 0 } });

  /** `repaint` asks the map to call `draw` and `update` again. */
  constructor(repaint: () => void) {
    this.#repaint = repaint;
    this.#client = new ReaderClient((traffic) => this.#state.set({ ...this.state, traffic }));
  }

  get state(): EngineState {
    return this.#state.get();
  }

  /** For components that follow it. */
  get store(): Pick<Store<EngineState>, 'get' | 'subscribe'> {
    return this.#state;
  }

  /** The files that can be shown, uppermost first; none is opened before it becomes visible. */
  setFiles(files: readonly { readonly id: string; readonly file: RasterFile }[]): void {
    const known = new Map(this.state.rasters.map((raster) => [raster.id, raster]));
    this.#state.set({ ...this.state, rasters: files.map(({ id, file }) => known.get(id) ?? closedRaster(id, file)) });
  }

  get(id: string): RasterState | undefined {
    return this.state.rasters.find((raster) => raster.id === id);
  }

  /** Opens a raster's header, once; null when it can't be opened (its state has the error). */
  open(id: string): Promise<OpenRaster | null> {
    let opening = this.#opening.get(id);
    if (opening === undefined) {
      opening = this.#open(id);
      this.#opening.set(id, opening);
    }
    return opening;
  }

  async setVisible(id: string, isVisible: boolean): Promise<void> {
    this.#change(id, { isVisible });
    if (isVisible) await this.open(id);
    else this.#views.get(id)?.stop();
    this.#repaint();
  }

  setStyle(id: string, change: Partial<LayerStyle>): void {
    const style = this.get(id)?.style;
    if (style != null) this.#change(id, { style: { ...style, ...change } });
    this.#repaint();
  }

  /** Puts a raster `by` places further down (or up, when negative). */
  move(id: string, by: number): void {
    const rasters = [...this.state.rasters];
    const from = rasters.findIndex((raster) => raster.id === id);
    const [moved] = rasters.splice(from, 1);
    if (moved === undefined) return;
    rasters.splice(Math.max(0, Math.min(rasters.length, from + by)), 0, moved);
    this.#state.set({ ...this.state, rasters });
    this.#repaint();
  }

  retry(id: string): void {
    this.#views.get(id)?.retry();
    if (this.get(id)?.open === null) this.#opening.delete(id);
    this.#change(id, { error: null });
    if (this.get(id)?.isVisible === true) void this.setVisible(id, true);
  }

  /** A person moved the map. */
  moved(): void {
    for (const view of this.#views.values()) view.moved();
  }

  /** Loads what a view needs; `isShown` tells which rasters belong to it. */
  update(view: View, isShown: (raster: RasterState) => boolean): void {
    for (const raster of this.state.rasters) {
      const shown = this.#views.get(raster.id);
      if (raster.style === null || shown === undefined) continue;
      if (raster.isVisible && isShown(raster)) shown.update(view, raster.style, raster.summaries);
      else shown.stop();
    }
  }

  draw(painter: RasterPainter, view: View, isShown: (raster: RasterState) => boolean): void {
    for (const raster of [...this.state.rasters].reverse())
      if (raster.isVisible && raster.style !== null && isShown(raster))
        this.#views.get(raster.id)?.draw(painter, view, raster.style, raster.summaries);
  }

  /** A graphics context came (or went): textures of the one before are gone. */
  usePainter(painter: RasterPainter | null): void {
    this.#painter = painter;
    this.#store.deleteAll();
    for (const view of this.#views.values()) view.usePainter(painter);
  }

  /** See `samplePixel`; null outside the raster. */
  async sample(id: string, column: number, row: number, maxBytes: number, signal: AbortSignal): Promise<Sample | null> {
    const open = this.get(id)?.open;
    if (open == null) return null;
    return this.#client.call('sample', { raster: open.raster, column, row, maxBytes }, signal);
  }

  end(): void {
    this.#stop.abort();
    for (const view of this.#views.values()) view.stop();
    this.#client.end();
  }

  async #open(id: string): Promise<OpenRaster | null> {
    const file = this.get(id)?.file;
    if (file === undefined) return null;
    try {
      const { raster, info } = await this.#client.call('open', file, this.#stop.signal);
      const open = { raster, info, places: new TilePlaces(placementOf(info), levelsOf(info)) };
      const view = new RasterView(id, open, this.#client, this.#store, {
        onSummary: (summary) => {
          this.#change(id, { summaries: { ...this.get(id)?.summaries, [summary.band]: summary } });
          this.#repaint();
        },
        onShown: (shown, notice) => {
          const now = this.get(id);
          if (now?.notice !== notice || now.shown?.level !== shown?.level || now.shown?.waiting !== shown?.waiting)
            this.#change(id, { shown, notice });
        },
        onError: (error) => this.#change(id, { error }),
        repaint: this.#repaint,
      });
      view.usePainter(this.#painter);
      this.#views.set(id, view);
      this.#change(id, { open, style: initialStyle(info), error: null });
      return open;
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#fail(id, toAppError(cause));
      return null;
    }
  }

  #fail(id: string, error: AppError): void {
    this.#change(id, { error });
  }

  #change(id: string, change: Partial<RasterState>): void {
    const rasters = this.state.rasters.map((raster) => (raster.id === id ? { ...raster, ...change } : raster));
    this.#state.set({ ...this.state, rasters });
  }
}
