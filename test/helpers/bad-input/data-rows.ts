import type { BadInputRow } from './row.ts';

/** What analyses and sources make of data that are not as they should be. */
export const dataRows: readonly BadInputRow[] = [
  {
    id: 'G1',
    input: 'Features in another CRS, of the wrong geometry, self-crossing, empty, or none at all',
    before: '',
    now: 'bad_data, with the ogr2ogr line where the coordinates give the CRS away; single bad geometries are left out and named, and the result is partial',
    tests: [
      ['test/worker/vector/zonal-bad-input.test.ts', '%s is refused'],
      ['test/worker/vector/read-features.test.ts', '%s are refused'],
      ['test/worker/series/time-series-bad-input.test.ts', 'features in another CRS, declared or by their numbers'],
    ],
  },
  {
    id: 'G2',
    input: 'A GeoParquet file that is cut, is no Parquet, or is in another CRS',
    before: '',
    now: 'bad_data with what to do',
    tests: [
      [
        'test/worker/vector/read-features.test.ts',
        'are refused when the file is cut, is no Parquet, or is in another CRS',
      ],
    ],
  },
  {
    id: 'G3',
    input: 'Features that miss every scene',
    before: '',
    now: 'A result that is empty (3), with a warning that names them',
    tests: [
      [
        'test/worker/series/time-series-bad-input.test.ts',
        'features that miss all scenes make an empty result with a warning',
      ],
    ],
  },
  {
    id: 'G4',
    input: 'A band or a property that does not exist',
    before: '',
    now: 'The ones that exist are named',
    tests: [
      [
        'test/worker/vector/zonal-bad-input.test.ts',
        'a band that does not exist, a property that does not exist and an area beside the zones are refused',
      ],
      [
        'test/worker/series/time-series-bad-input.test.ts',
        'a band that no item has is named with those that are there',
      ],
    ],
  },
  {
    id: 'G5',
    input: 'A raster that is not north-up, lies elsewhere, or has no valid pixel',
    before: '',
    now: 'bad_data with the remedy (a grid, gdalwarp); without a valid pixel: empty',
    tests: [
      ['test/worker/terrain/bad-input.test.ts', 'rows that do not run south'],
      ['test/worker/terrain/bad-input.test.ts', 'without a valid pixel are empty'],
      ['test/worker/series/time-series-bad-input.test.ts', 'a raster that is not north-up needs a grid'],
    ],
  },
  {
    id: 'G6',
    input: 'A raster whose header, tiles or metadata are damaged or made to deceive (2,400 of them)',
    before: '',
    now: 'Read or refused with bad_data; no crash, no hang, no memory beyond what the file’s own bounds justify',
    tests: [['test/worker/raster/fuzz.test.ts', 'damaged']],
  },
  {
    id: 'G7',
    input: 'A Zarr store that is a file, an archive, damaged, or made to unpack to gigabytes',
    before: '',
    now: 'bad_data with what to do; never more memory than the metadata justify',
    tests: [
      ['test/worker/zarr/bad-input.test.ts', 'a folder that is no store, a file, and none'],
      ['test/worker/zarr/fuzz.test.ts', 'of chunks too, whatever packed them'],
    ],
  },
  {
    id: 'G8',
    input: 'A Zarr store that holds the home folder, or a link that leads out of it',
    before: '',
    now: 'denied',
    tests: [
      ['test/engine/zarr-inputs.test.ts', 'is refused where it is a file, holds the home folder, or was not granted'],
      ['test/worker/zarr/bad-input.test.ts', 'a link out of the store'],
    ],
  },
  {
    id: 'G9',
    input: 'A server without byte ranges',
    before: '',
    now: 'bad_data with the file’s size and the line that allows a whole download (access.whole_downloads); then once, to the disk, within the limits',
    tests: [
      ['test/worker/io/http-faults.test.ts', 'is refused, with the file’s size and what would allow it'],
      ['test/worker/io/http-faults.test.ts', 'is read when the task allows it: once, to the disk, and gone afterwards'],
    ],
  },
  {
    id: 'G10',
    input: 'A server that drops, answers 503, sends short or other bytes, or an object that changes meanwhile',
    before: '',
    now: 'Asked again with growing pauses or as Retry-After says; other bytes than asked are refused; a changed object is bad_data',
    tests: [
      ['test/worker/io/http-faults.test.ts', 'that fails for a while is asked again'],
      ['test/worker/io/http-faults.test.ts', 'that sends something else than was asked is not believed'],
      ['test/worker/io/azure.test.ts', 'pins the version: a blob that is overwritten is an error'],
    ],
  },
  {
    id: 'G11',
    input: 'Keys that are wrong or expired, a bucket of another region, an Azure address without an account',
    before: '',
    now: 'denied; bad_data with the region to set; invalid_task at the field. No signature and no key in any message',
    tests: [
      ['test/worker/io/s3.test.ts', 'refuses a wrong secret'],
      ['test/worker/io/azure.test.ts', 'refuses an expired signature, a wrong key and a stranger'],
      ['test/worker/io/http-faults.test.ts', 'that names the bucket’s region is understood'],
      ['test/worker/io/address.test.ts', 'an Azure address without an account leads nowhere, and the task says so'],
    ],
  },
  {
    id: 'G12',
    input: 'Offline, what was never read',
    before: '',
    now: 'source_unavailable, not retryable; what was read before is given byte for byte',
    tests: [['test/worker/io/cache.test.ts', 'a run offline gives the same bytes, and says what was never read']],
  },
  {
    id: 'G13',
    input: 'A cache that is damaged, cut, full or read-only',
    before: '',
    now: 'Fetched again, never given; a run without a cache works',
    tests: [
      ['test/worker/io/cache.test.ts', 'a damaged file of the cache is fetched again, never given'],
      ['test/worker/io/cache.test.ts', 'takes no more than it may, and a folder that can’t be written is none'],
    ],
  },
];
