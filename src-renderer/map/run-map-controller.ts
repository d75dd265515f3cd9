import type { FeatureCollection } from 'geojson';
import type { AppError } from '../../src-shared/errors.ts';
import { toAppError } from '../../src-shared/errors.ts';
import type { RunRaster, RunVector } from './files.ts';
import type { MercatorBox } from './geo/mercator.ts';
import { fromMercator } from './geo/mercator.ts';
import type { View } from './geo/view.ts';
import type { ShownRasters } from './inspect/inspector.ts';
import { Inspector } from './inspect/inspector.ts';
import { RasterEngine } from './layers/raster-engine.ts';
import type { RasterState } from './layers/raster-state.ts';
import type { PointedAt } from './map-view.ts';
import { MapView } from './map-view.ts';
import { Store } from './store.ts';
import { boundsOf } from './vectors/bounds.ts';
import { loadVector } from './vectors/load-vector.ts';
import type { ValueColouring } from './vectors/value-colours.ts';
import { coloured, colouringBy, numericProperties } from './vectors/value-colours.ts';

export interface VectorState {
  readonly id: string;
  readonly isFootprint: boolean;
  readonly isVisible: boolean;
  readonly data: FeatureCollection | null;
  /** Names of the properties by which it can be coloured. */
  readonly properties: readonly string[];
  /** Null: all outlines in one colour. */
  readonly colouring: ValueColouring | null;
  readonly error: AppError | null;
}

export interface MapState {
  readonly view: View | null;
  /** The raster without a georeference that is shown in a plane of its own; null: the map is the earth. */
  readonly plane: string | null;
  /** The raster whose style is edited. */
  readonly selected: string | null;
  readonly vectors: readonly VectorState[];
  readonly error: AppError | null;
}

const initial: MapState = { view: null, plane: null, selected: null, vectors: [], error: null };

/** Joins the map, the rasters, the vectors and the inspector of one run. */
export class RunMapController {
  readonly store = new Store<MapState>(initial);
  readonly engine: RasterEngine;
  readonly inspector: Inspector;
  readonly #files: readonly RunVector[];
  #map: MapView | null = null;
  #stop = new AbortController();
  /** Until the first layer was zoomed to, nothing is loaded for a view that nobody will see. */
  #isPlaced = false;

  constructor(rasters: readonly RunRaster[], vectors: readonly RunVector[]) {
    this.engine = new RasterEngine(() => this.#map?.repaint());
    this.engine.setFiles(rasters);
    this.inspector = new Inspector(this.engine, () => this.#shown());
    let drawn = this.inspector.store.get().pins;
    this.inspector.store.subscribe(() => {
      const { pins } = this.inspector.store.get();
      if (pins !== drawn) this.#drawPins();
      drawn = pins;
    });
    this.#files = vectors;
    this.#set({
      selected: rasters[0]?.id ?? null,
      vectors: vectors.map(({ id, isFootprint }) => ({
        id,
        isFootprint,
        isVisible: true,
        data: null,
        properties: [],
        colouring: null,
        error: null,
      })),
    });
  }

  get state(): MapState {
    return this.store.get();
  }

  /** Puts the map into an element and shows the first layers. */
  attach(container: HTMLElement, label: string): void {
    this.#map = new MapView(container, label, {
      onView: (view, byPerson) => {
        if (byPerson) this.engine.moved();
        this.#set({ view });
        if (this.#isPlaced) this.engine.update(view, (raster) => this.#belongs(raster));
      },
      onDraw: (painter, view) => this.engine.draw(painter, view, (raster) => this.#belongs(raster)),
      onPainter: (painter) => this.engine.usePainter(painter),
      onPoint: (at) => this.inspector.hover(at),
      onClick: (at) => void this.inspector.pin(at),
      onError: (cause) => this.#set({ error: toAppError(cause) }),
    });
    void this.#begin();
  }

  /** Ends everything; the controller is not used again. */
  detach(): void {
    this.#stop.abort();
    this.#map?.remove();
    this.#map = null;
    this.engine.end();
  }

  recolour(): void {
    this.#map?.recolour();
    this.#map?.showEarth(this.state.plane === null);
  }

  select(id: string): void {
    this.#set({ selected: id });
  }

  async setVisible(id: string, isVisible: boolean): Promise<void> {
    await this.engine.setVisible(id, isVisible);
    const raster = this.engine.get(id);
    if (raster?.open?.places.placement.kind === 'pixels') {
      if (isVisible) this.#enterPlane(id);
      else if (this.state.plane === id) this.#enterPlane(null);
    } else if (isVisible && this.state.plane !== null) this.#enterPlane(null, id);
    this.#map?.repaint();
  }

  setVectorVisible(id: string, isVisible: boolean): void {
    this.#set({ vectors: this.state.vectors.map((one) => (one.id === id ? { ...one, isVisible } : one)) });
    this.#drawVectors();
  }

  /** Colours a vector by a property of its features; null: in one colour. */
  colourVector(id: string, property: string | null): void {
    const change = (one: VectorState): VectorState => ({
      ...one,
      colouring: property === null ? null : colouringBy(one.data?.features ?? [], property),
    });
    this.#set({ vectors: this.state.vectors.map((one) => (one.id === id ? change(one) : one)) });
    this.#drawVectors();
  }

  /** Zooms to a raster or vector; shows it when it was hidden. */
  async zoomTo(id: string): Promise<void> {
    const raster = this.engine.get(id);
    if (raster !== undefined && !raster.isVisible) await this.setVisible(id, true);
    const box = this.#boxOf(id);
    if (box !== null) this.#map?.fit(box);
    this.engine.moved();
    this.#map?.repaint();
  }

  /** Back to all visible layers. */
  reset(): void {
    const all = (layers: readonly { readonly id: string }[]): MercatorBox[] =>
      layers.map(({ id }) => this.#boxOf(id)).filter((box) => box !== null);
    const rasters = all(this.#shown().rasters);
    const box = union(rasters.length > 0 ? rasters : all(this.state.vectors));
    if (box !== null) this.#map?.fit(box);
    this.#map?.repaint();
  }

  zoomBy(steps: number): void {
    this.#map?.zoomBy(steps);
  }

  panBy(right: number, down: number): void {
    this.#map?.panBy(right, down);
  }

  /** Pins the middle of the map. */
  inspectCentre(): void {
    const view = this.#map?.view();
    if (view === undefined) return;
    const at: PointedAt = { left: view.width / 2, top: view.height / 2, x: view.x, y: view.y };
    void this.inspector.pin(at);
  }

  async #begin(): Promise<void> {
    const loading = Promise.all(this.#files.map((file) => this.#loadVector(file)));
    // The first raster that opens; a broken one must not leave the map empty.
    for (const { id } of this.engine.state.rasters) {
      const open = await this.engine.open(id);
      if (this.#stop.signal.aborted) return;
      if (open === null) continue;
      this.#set({ selected: id });
      const box = this.#boxOf(id);
      if (box !== null) this.#map?.fit(box);
      this.#isPlaced = true;
      await this.setVisible(id, true);
      return;
    }
    await loading;
    if (this.#stop.signal.aborted) return;
    this.reset();
    this.#isPlaced = true;
  }

  async #loadVector(file: RunVector): Promise<void> {
    const change = (to: Partial<VectorState>): void =>
      this.#set({ vectors: this.state.vectors.map((one) => (one.id === file.id ? { ...one, ...to } : one)) });
    try {
      const { data, colourBy } = await loadVector(file, this.#stop.signal);
      const properties = numericProperties(data.features);
      const isKnown = colourBy !== null && properties.includes(colourBy);
      change({ data, properties, colouring: isKnown ? colouringBy(data.features, colourBy) : null });
      this.#drawVectors();
    } catch (cause) {
      if (!this.#stop.signal.aborted) change({ error: toAppError(cause) });
    }
  }

  #enterPlane(plane: string | null, zoomTo?: string): void {
    if (this.state.plane !== plane) {
      this.#set({ plane });
      this.inspector.clear();
      this.#map?.showEarth(plane === null);
    }
    const box = plane !== null ? this.#boxOf(plane) : zoomTo !== undefined ? this.#boxOf(zoomTo) : null;
    if (box !== null) this.#map?.fit(box);
  }

  #belongs(raster: RasterState): boolean {
    const { plane } = this.state;
    return plane === null ? raster.open?.places.placement.kind === 'map' : raster.id === plane;
  }

  #shown(): ShownRasters {
    const rasters = this.engine.state.rasters.filter((raster) => raster.isVisible && this.#belongs(raster));
    return { rasters, isEarth: this.state.plane === null };
  }

  #boxOf(id: string): MercatorBox | null {
    const open = this.engine.get(id)?.open;
    if (open != null) return open.places.placement.boxOf([0, 0, open.info.width, open.info.height]);
    const data = this.state.vectors.find((vector) => vector.id === id)?.data;
    return data == null ? null : boundsOf(data);
  }

  #drawVectors(): void {
    const features = this.state.vectors.flatMap(({ isVisible, data, colouring }) => {
      if (!isVisible || data === null) return [];
      return colouring === null ? data.features : coloured(data.features, colouring);
    });
    this.#map?.setData('vectors', { type: 'FeatureCollection', features });
  }

  #drawPins(): void {
    this.#map?.setData('pins', {
      type: 'FeatureCollection',
      features: this.inspector.store.get().pins.map(({ x, y }) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates: fromMercator(x, y) },
      })),
    });
  }

  #set(change: Partial<MapState>): void {
    this.store.set({ ...this.state, ...change });
  }
}

function union(boxes: readonly MercatorBox[]): MercatorBox | null {
  if (boxes.length === 0) return null;
  return [
    Math.min(...boxes.map((box) => box[0])),
    Math.min(...boxes.map((box) => box[1])),
    Math.max(...boxes.map((box) => box[2])),
    Math.max(...boxes.map((box) => box[3])),
  ];
}
