import { httpAddress, isRemoteAddress } from './object-address.ts';
import type { Task } from './schema.ts';

/** What of a task decides where it reads. */
type Sources = Pick<Task, 'inputs'> & Partial<Pick<Task, 'access'>>;

/** The site whose STAC API refers to storage that is read with its tokens. */
const planetaryComputer = 'https://planetarycomputer.microsoft.com';

/** Whether the storage that a task's items lie in is read with tokens of the Planetary Computer. */
export function signsForPlanetaryComputer({ inputs, access }: Sources): boolean {
  const searched = 'stac_api' in inputs && URL.parse(inputs.stac_api)?.origin === planetaryComputer;
  return searched || access?.planetary_computer === true;
}

/** The addresses on servers and in buckets that a task names: its sources, and its area of interest and features. */
export function remoteHrefs({ inputs }: Sources): string[] {
  const aoi = 'aoi' in inputs && typeof inputs.aoi === 'string' ? [inputs.aoi] : [];
  const features = 'features' in inputs && inputs.features !== undefined ? [inputs.features] : [];
  const named = [
    ...('stac_api' in inputs ? [inputs.stac_api] : []),
    ...('items' in inputs ? inputs.items : []),
    ...('raster' in inputs ? [inputs.raster] : []),
    ...('rasters' in inputs ? inputs.rasters : []),
    ...('zarr' in inputs ? [inputs.zarr] : []),
    ...aoi,
    ...features,
  ];
  return named.filter(isRemoteAddress);
}

/** The http(s) addresses that these lead to, and the server of the task's buckets, which items may come to refer to. */
function webHrefs(task: Sources): string[] {
  const signing = signsForPlanetaryComputer(task) ? [planetaryComputer] : [];
  const endpoint = task.access?.endpoint === undefined ? [] : [task.access.endpoint];
  return [...remoteHrefs(task).flatMap((href) => httpAddress(href, task.access) ?? []), ...endpoint, ...signing];
}

/**
 * Where an http(s) address leads: `host`, or `host:port` when the port is not the scheme's own. Lower case, international
 * names in their ASCII form, IPv6 in brackets, without the dot that may end a name. Null for anything else.
 */
export function webHost(href: string): string | null {
  const url = URL.parse(href);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const name = url.hostname.replace(/\.$/, '');
  return name === '' ? null : url.port === '' ? name : `${name}:${url.port}`;
}

/** The hosts of every address that the task names, each once, sorted. What a search finds is not among them. */
export function webHosts(task: Sources): string[] {
  return [...new Set(webHrefs(task).flatMap((href) => webHost(href) ?? []))].sort();
}

/** Whether what a run reads is known only when documents have been read: a catalogue, local or not, refers to any host. */
export function findsSources({ inputs }: Pick<Sources, 'inputs'>): boolean {
  return 'stac_api' in inputs || 'items' in inputs;
}

/** Whether a run of the task reads, or may come to read, anything over the network. */
export function needsNetwork(task: Sources, offline: boolean): boolean {
  return !offline && (remoteHrefs(task).length > 0 || findsSources(task));
}
