import countriesUrl from 'world-atlas/countries-50m.json?url';
import { AppError } from '../../../src-shared/errors.ts';
import type { BasemapData, CountriesTopology } from './geometry.ts';
import { basemapFrom } from './geometry.ts';

let loading: Promise<BasemapData> | undefined;

/** The basemap that ships with the app, loaded once. */
export function loadBasemap(): Promise<BasemapData> {
  loading ??= fetch(new URL(countriesUrl, document.baseURI))
    .then(async (response) => {
      if (!response.ok)
        throw new AppError('internal', `The basemap could not be loaded (HTTP ${response.status}).`, {
          remedy: 'Reload the window.',
        });
      return basemapFrom((await response.json()) as CountriesTopology);
    })
    .catch((cause: unknown) => {
      loading = undefined;
      throw cause;
    });
  return loading;
}

/** Whose data the basemap is. */
export const basemapAttribution = 'Basemap: Natural Earth 1:50m, public domain';
