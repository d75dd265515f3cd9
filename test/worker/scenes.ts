import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../helpers/temp.ts';
import { fixtures } from '../helpers/worker-process.ts';

export const sceneFolder = join(fixtures, 'sentinel-2-l2a');
export const sceneIds = [
  'SYNTHETIC_S2A_13TDE_20230606_0_L2A',
  'SYNTHETIC_S2B_13TDE_20230616_0_L2A',
  'SYNTHETIC_S2A_13TDE_20230626_0_L2A',
] as const;

/** A fresh copy of some scenes, each in its own folder with item.json, to be spoilt by a test. */
export function copyScenes(count: number): { folder: string; items: string[] } {
  const folder = tempFolder();
  const items = sceneIds.slice(0, count).map((id) => {
    cpSync(join(sceneFolder, id), join(folder, id), { recursive: true });
    return join(folder, id, 'item.json');
  });
  return { folder, items };
}

/** Cuts a file to a share of its length. */
export function truncate(path: string, share: number): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length * share)));
}

/** An NDVI task over items or an API, without figures of scenes, so that it is quick. */
export function ndviTask(inputs: string, more = ''): string {
  return `task_name: ndvi of a few
output_dir: /data/outputs/jobs/few
inputs: ${inputs}
analysis: {type: band_index, index: ndvi}
outputs: {make_quicklook: false}
${more}
`;
}

export function ofItems(items: readonly string[]): string {
  return `{items: ${JSON.stringify(items)}}`;
}

export function ofApi(url: string, more = ''): string {
  return `{stac_api: "${url}", collection: sentinel-2-l2a${more === '' ? '' : `, ${more}`}}`;
}
