// Writes test/worker/stac/recorded/*.json: conversations with public STAC APIs in the shapes that their documentation and
// public examples show (they can't be recorded where no network is). Use: node scripts/make-stac-recordings.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cmr } from './stac-recordings/cmr.ts';
import { copernicus } from './stac-recordings/copernicus.ts';
import { digitalEarthAustralia } from './stac-recordings/dea.ts';
import { earthSearch } from './stac-recordings/earth-search.ts';
import { landsatLook } from './stac-recordings/landsatlook.ts';
import { planetaryComputer } from './stac-recordings/planetary-computer.ts';

const folder = resolve(import.meta.dirname, '../test/worker/stac/recorded');

const recordings = {
  'earth-search': earthSearch(),
  'planetary-computer': planetaryComputer(),
  copernicus: copernicus(),
  landsatlook: landsatLook(),
  cmr: cmr(),
  'digital-earth-australia': digitalEarthAustralia(),
};

mkdirSync(folder, { recursive: true });
for (const [name, recording] of Object.entries(recordings))
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(recording, null, 1)}\n`);
