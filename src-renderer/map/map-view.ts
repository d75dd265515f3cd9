// The only file that runs maplibre-gl.
import type { FeatureCollection, GeoJSON } from 'geojson';
import type { GeoJSONSource, MapMouseEvent } from 'maplibre-gl';
import { Map as MapLibreMap, setWorkerUrl } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { basemapColours } from './basemap/colours.ts';
import { graticuleOf } from './basemap/graticule.ts';
import { loadBasemap } from './basemap/load-basemap.ts';
import { earthLayers, mapStyle, rastersBefore } from './basemap/style.ts';
import type { MercatorBox } from './geo/mercator.ts';
import { fromMercator, toMercator } from './geo/mercator.ts';
import type { View } from './geo/view.ts';
import { fromScreen } from './geo/view.ts';
import { RasterPainter } from './gl/raster-painter.ts';

setWorkerUrl(new URL(workerUrl, document.baseURI).href);

/** A place that was pointed at. */
export interface PointedAt {
  /** CSS pixels from the map's top left. */
  readonly left: number;
  readonly top: number;
  /** Mercator units. */
  readonly x: number;
  readonly y: number;
}

export interface MapEvents {
  /** The view changed; `byPerson` when a person moved it. Also called when a repaint was asked for. */
  readonly onView?: (view: View, byPerson: boolean) => void;
  readonly onPoint?: (at: PointedAt | null) => void;
  readonly onClick?: (at: PointedAt) => void;
  /** Drawing over land and under borders; the painter is another one after the graphics context was lost. */
  readonly onDraw?: (painter: RasterPainter, view: View) => void;
  readonly onPainter?: (painter: RasterPainter | null) => void;
  readonly onError?: (error: unknown) => void;
}

/** MapLibre's tiles are 512 CSS pixels at zoom 0. */
const worldAtZoom0 = 512;

/** The map: basemap, a place for rasters, vectors and pins. North is up and nothing tilts, so that maps can be compared. */
export class MapView {
  readonly #map: MapLibreMap;
  readonly #container: HTMLElement;
  readonly #events: MapEvents;
  readonly #sizes: ResizeObserver;
  #painter: RasterPainter | null = null;
  #isReady = false;
  readonly #whenReady: (() => void)[] = [];

  constructor(container: HTMLElement, label: string, events: MapEvents) {
    this.#container = container;
    this.#events = events;
    const map = new MapLibreMap({
      container,
      style: mapStyle(basemapColours(container)),
      center: [0, 20],
      zoom: 0.8,
      maxZoom: 21,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      rollEnabled: false,
      keyboard: false,
      boxZoom: true,
      attributionControl: false,
      maplibreLogo: false,
      fadeDuration: 0,
      locale: { 'Map.Title': label },
      canvasContextAttributes: { antialias: true, contextType: 'webgl2' },
      trackResize: false,
    });
    this.#map = map;
    map.touchZoomRotate.disableRotation();
    const moved = (event: object): void => {
      const byPerson = 'originalEvent' in event && event.originalEvent !== undefined;
      this.#events.onView?.(this.view(), byPerson);
    };
    map.on('move', moved);
    map.on('moveend', () => this.#drawGraticule());
    map.on('mousemove', (event) => this.#events.onPoint?.(this.#pointed(event)));
    map.on('mouseout', () => this.#events.onPoint?.(null));
    map.on('click', (event) => this.#events.onClick?.(this.#pointed(event)));
    map.on('error', (event: { readonly error?: unknown }) => this.#events.onError?.(event.error));
    map.on('style.load', () => this.#styleLoaded());
    this.#sizes = new ResizeObserver(() => map.resize());
    this.#sizes.observe(container);
  }

  view(): View {
    const { lng, lat } = this.#map.getCenter();
    const [x, y] = toMercator(lng, lat);
    const { clientWidth: width, clientHeight: height } = this.#container;
    const worldSize = worldAtZoom0 * 2 ** this.#map.getZoom();
    return { x, y, worldSize, width: Math.max(1, width), height: Math.max(1, height), pixelRatio: devicePixelRatio };
  }

  /** Shows a box of the map, with `padding` CSS pixels around it. */
  fit([x0, y0, x1, y1]: MercatorBox, padding = 32): void {
    const { width, height } = this.view();
    const scale = Math.min((width - 2 * padding) / (x1 - x0), (height - 2 * padding) / (y1 - y0));
    const [lng, lat] = fromMercator((x0 + x1) / 2, (y0 + y1) / 2);
    this.#map.jumpTo({ center: [lng, lat], zoom: Math.min(18, Math.log2(Math.max(1e-6, scale) / worldAtZoom0)) });
  }

  zoomBy(steps: number): void {
    this.#events.onView?.(this.view(), true);
    this.#map.easeTo({ zoom: this.#map.getZoom() + steps, duration: 160 });
  }

  /** CSS pixels to the right and down. */
  panBy(right: number, down: number): void {
    this.#events.onView?.(this.view(), true);
    this.#map.panBy([right, down], { duration: 120 });
  }

  /** Draws again, and says `onView` again. */
  repaint(): void {
    this.#events.onView?.(this.view(), false);
    this.#map.triggerRepaint();
  }

  /** Takes the window's colours as they are now. */
  recolour(): void {
    this.#ready(() => {
      for (const layer of mapStyle(basemapColours(this.#container)).layers)
        for (const [name, value] of Object.entries(layer.paint ?? {}))
          if (name.endsWith('-color'))
            this.#map.setPaintProperty(
              layer.id,
              name as Parameters<MapLibreMap['setPaintProperty']>[1],
              value as string,
            );
    });
  }

  /** False hides everything that belongs to the earth, for rasters without a place on it. */
  showEarth(isShown: boolean): void {
    this.#ready(() => {
      for (const id of earthLayers) this.#map.setLayoutProperty(id, 'visibility', isShown ? 'visible' : 'none');
      const { water, plane } = basemapColours(this.#container);
      this.#map.setPaintProperty('water', 'background-color', isShown ? water : plane);
    });
  }

  /** Data of one of the map's own sources, in WGS 84. */
  setData(source: 'vectors' | 'box' | 'pins', data: FeatureCollection): void {
    this.#ready(() => this.#fill(source, data));
  }

  /** False while a rectangle is drawn: then dragging does not pan. */
  setPanning(isEnabled: boolean): void {
    if (isEnabled) this.#map.dragPan.enable();
    else this.#map.dragPan.disable();
  }

  setCursor(cursor: string): void {
    this.#map.getCanvas().style.cursor = cursor;
  }

  remove(): void {
    // The basemap may still be on its way: a removed map takes nothing more.
    this.#isReady = false;
    this.#whenReady.length = 0;
    this.#sizes.disconnect();
    this.#map.remove();
  }

  #pointed({ point }: MapMouseEvent): PointedAt {
    const [x, y] = fromScreen(this.view(), point.x, point.y);
    return { left: point.x, top: point.y, x, y };
  }

  #fill(name: string, data: GeoJSON): void {
    const source = this.#map.getSource<GeoJSONSource>(name);
    source?.setData(data).catch((cause: unknown) => this.#events.onError?.(cause));
  }

  #ready(then: () => void): void {
    if (this.#isReady) then();
    else this.#whenReady.push(then);
  }

  #styleLoaded(): void {
    this.#map.addLayer(
      {
        id: 'rasters',
        type: 'custom',
        onAdd: (_map, gl) => {
          this.#painter = new RasterPainter(gl);
          this.#events.onPainter?.(this.#painter);
        },
        render: () => {
          if (this.#painter !== null) this.#events.onDraw?.(this.#painter, this.view());
        },
        onRemove: () => {
          this.#painter = null;
          this.#events.onPainter?.(null);
        },
      },
      rastersBefore,
    );
    this.#isReady = true;
    for (const then of this.#whenReady.splice(0)) then();
    this.#drawGraticule();
    loadBasemap().then(
      (data) => {
        if (!this.#isReady) return;
        for (const name of ['land', 'coast', 'borders', 'names'] as const) this.#fill(name, data[name]);
      },
      (cause: unknown) => this.#events.onError?.(cause),
    );
    this.#events.onView?.(this.view(), false);
  }

  #drawGraticule(): void {
    if (!this.#isReady) return;
    const { lines, labels } = graticuleOf(this.view());
    this.#fill('graticule', lines);
    this.#fill('graticule-labels', labels);
  }
}
