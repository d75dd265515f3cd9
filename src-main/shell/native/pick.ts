import type { FileFilter, OpenDialogOptions } from 'electron';
import type { NativeInput } from '../../../src-shared/native.ts';

type PickKind = NativeInput<'pickInput'>['kind'];

const every: FileFilter = { name: 'All files', extensions: ['*'] };
const files = (name: string, ...extensions: string[]): FileFilter[] => [{ name, extensions }, every];

const picks: Readonly<Record<PickKind, OpenDialogOptions>> = {
  raster: {
    title: 'Choose a raster',
    properties: ['openFile'],
    filters: files('GeoTIFF', 'tif', 'tiff', 'TIF', 'TIFF'),
  },
  folder: { title: 'Choose a folder', properties: ['openDirectory'] },
  stac: {
    title: 'Choose a STAC item or catalogue',
    properties: ['openFile'],
    filters: files('STAC', 'json', 'geojson'),
  },
  geojson: { title: 'Choose an area', properties: ['openFile'], filters: files('GeoJSON', 'geojson', 'json') },
  features: {
    title: 'Choose points or polygons',
    properties: ['openFile'],
    filters: files('GeoJSON or GeoParquet', 'geojson', 'json', 'parquet'),
  },
};

/** The open dialog for one kind of input. */
export function pickDialog(kind: PickKind): OpenDialogOptions {
  return { ...picks[kind], buttonLabel: 'Allow and use' };
}

/** The open dialog for a task file. */
export const taskFileDialog: OpenDialogOptions = {
  title: 'Open a task file',
  buttonLabel: 'Open',
  properties: ['openFile'],
  filters: files('Task (YAML)', 'yaml', 'yml'),
};
