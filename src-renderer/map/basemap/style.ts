import type { ExpressionSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import { colourProperty } from '../vectors/value-colours.ts';
import type { BasemapColours } from './colours.ts';

/** Sources are filled after the map is there. */
const emptySource: SourceSpecification = { type: 'geojson', data: { type: 'FeatureCollection', features: [] } };

/** The layer before which rasters are drawn: they lie over land and under borders and names. */
export const rastersBefore = 'borders';

/** Labels are drawn with this font of the window; a style without `glyphs` makes MapLibre use local fonts. */
const font = ['Inter Variable'];

/**
 * The map's style: an offline basemap, then (between `coast` and `borders`) rasters, then vectors and pins. No source,
 * sprite or glyph of it has an address.
 */
export function mapStyle(colours: BasemapColours): StyleSpecification {
  const line = (id: string, source: string, colour: string, width: number) =>
    ({ id, type: 'line', source, paint: { 'line-color': colour, 'line-width': width } }) as const;
  // Outlines that are coloured by a value bring their colour along.
  const colour = (plain: string): ExpressionSpecification => ['coalesce', ['get', colourProperty], plain];
  const valued = <T extends string | number>(yes: T, no: T): ExpressionSpecification => [
    'case',
    ['has', colourProperty],
    yes,
    no,
  ];
  return {
    version: 8,
    sources: Object.fromEntries(
      ['land', 'coast', 'borders', 'names', 'graticule', 'graticule-labels', 'vectors', 'box', 'pins'].map((name) => [
        name,
        emptySource,
      ]),
    ),
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': colours.water } },
      { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': colours.land, 'fill-antialias': false } },
      line('graticule', 'graticule', colours.graticule, 0.75),
      line('coast', 'coast', colours.coast, 0.9),
      line('borders', 'borders', colours.border, 0.9),
      {
        id: 'vector-fills',
        type: 'fill',
        source: 'vectors',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': colour(colours.vector), 'fill-opacity': valued(1, 0.08) },
      },
      {
        id: 'vector-lines',
        type: 'line',
        source: 'vectors',
        filter: ['!=', ['geometry-type'], 'Point'],
        paint: { 'line-color': valued(colours.name, colours.vector), 'line-width': valued(0.75, 1.75) },
      },
      {
        id: 'vector-points',
        type: 'circle',
        source: 'vectors',
        filter: ['==', ['geometry-type'], 'Point'],
        paint: {
          'circle-color': colour(colours.vector),
          'circle-radius': 4.5,
          'circle-stroke-color': colours.halo,
          'circle-stroke-width': 1.5,
        },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'names',
        // A small country has a name once the map is large enough for it.
        filter: ['>=', ['get', 'size'], ['step', ['zoom'], 60, 2, 25, 3, 6, 4, 1, 5, 0.1, 6, 0]],
        layout: {
          'text-field': ['get', 'name'],
          'text-font': font,
          'text-size': ['interpolate', ['linear'], ['zoom'], 1, 10.5, 6, 13],
          'text-max-width': 8,
          'text-padding': 6,
          'symbol-sort-key': ['-', 0, ['get', 'size']],
        },
        paint: { 'text-color': colours.name, 'text-halo-color': colours.halo, 'text-halo-width': 1.25 },
      },
      {
        id: 'graticule-labels',
        type: 'symbol',
        source: 'graticule-labels',
        layout: {
          'text-field': ['get', 'text'],
          'text-font': font,
          'text-size': 10.5,
          'text-anchor': ['match', ['get', 'side'], 'left', 'left', 'bottom'],
          'text-offset': ['match', ['get', 'side'], 'left', ['literal', [0.4, -0.7]], ['literal', [1.6, -0.3]]],
          'text-padding': 2,
        },
        paint: { 'text-color': colours.label, 'text-halo-color': colours.halo, 'text-halo-width': 1.5 },
      },
      { id: 'box-fill', type: 'fill', source: 'box', paint: { 'fill-color': colours.vector, 'fill-opacity': 0.14 } },
      line('box-line', 'box', colours.vector, 2),
      {
        id: 'pins-halo',
        type: 'circle',
        source: 'pins',
        paint: {
          'circle-color': colours.halo,
          'circle-opacity': 0,
          'circle-radius': 5.5,
          'circle-stroke-color': colours.halo,
          'circle-stroke-width': 5.5,
        },
      },
      {
        id: 'pins',
        type: 'circle',
        source: 'pins',
        paint: {
          'circle-color': colours.pin,
          'circle-opacity': 0,
          'circle-radius': 7,
          'circle-stroke-color': colours.pin,
          'circle-stroke-width': 2.5,
        },
      },
    ],
  };
}

/** Layers that belong to the earth: hidden where a raster is shown without a place on it. */
export const earthLayers = [
  'land',
  'graticule',
  'coast',
  'borders',
  'vector-fills',
  'vector-lines',
  'vector-points',
  'names',
  'graticule-labels',
];
