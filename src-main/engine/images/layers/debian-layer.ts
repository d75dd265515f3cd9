import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { ImageArch } from '../../../../src-shared/api/images.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { findProgram, runTool } from '../tool.ts';
import type { DebianPackage } from './debian-packages.ts';
import { withDebianPackages } from './debian-packages.ts';
import type { LayerWanted } from './layer-store.ts';
import type { TarEntry } from './tar.ts';
import { directory, fileOf, linkTo } from './tar.ts';

/** Counted up when this file puts other things into the layer. */
const recipe = 1;
/** Debian corrects its libraries; a layer that is older than this is made anew. */
const freshMs = 30 * 24 * 3_600_000;

/** User and group of the worker: nobody on any usual system. */
export const workerUser = 10_001;

const library = /^usr\/lib\/[^/]+-linux-gnu\/[^/]+\.so(\.[\d.]+)?$/;
const loader = /^usr\/lib(64)?\/ld-linux[^/]*$/;
const licence = /^usr\/share\/doc\/[^/]+(\/copyright)?$/;
const certificate = /^usr\/share\/ca-certificates\/.*\.crt$/;

/**
 * The lowest layer where no base image is used: the libraries that Node links, the certificate authorities, and the few files of
 * /etc that libc looks for. No shell, no package manager, nothing that is set-uid.
 */
export function debianLayer(arch: ImageArch, cache: string, env: NodeJS.ProcessEnv): LayerWanted {
  return {
    slot: `debian-${arch}`,
    key: String(recipe),
    freshMs,
    make: (signal) =>
      withDebianPackages(arch, { cache, env, signal }, async (packages) => {
        const found: TarEntry[] = [];
        for (const one of packages) found.push(...(await entriesOf(one, env, signal)));
        return {
          entries: [...systemFiles(), ...withoutCertificates(found), bundleOfCertificates(found)],
          createdBy: `Debian packages ${packages.map(({ name, version }) => `${name} ${version}`).join(', ')}`,
          components: packages.map(({ name, version, arch: of }) => ({
            type: 'library' as const,
            name,
            version,
            purl: `pkg:deb/${distribution()}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${of}`,
            sha256: null,
          })),
        };
      }),
  };
}

/** What of a package the image needs, with /lib and /lib64 below /usr as in every Debian since 12. */
async function entriesOf(one: DebianPackage, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const program = findProgram('dpkg-deb', env) ?? 'dpkg-deb';
  await runTool({ program, args: ['--fsys-tarfile', one.file], env, signal }, async (output) => {
    const archive = extract();
    const read = (async () => {
      for await (const entry of archive) {
        const path = entry.header.name
          .replace(/^\.?\/+/, '')
          .replace(/\/$/, '')
          .replace(/^(?=lib(64)?\/)/, 'usr/');
        const { type, linkname } = entry.header;
        const kept = [library, loader, licence, certificate].some((pattern) => pattern.test(path));
        if (kept && type === 'symlink') entries.push(linkTo(path, linkname ?? ''));
        else if (kept && type === 'file') entries.push(fileOf(path, await buffer(entry), modeOf(entry.header.mode)));
        entry.resume();
      }
    })();
    await Promise.all([pipeline(Readable.from(output), archive), read]);
    return null;
  });
  return entries;
}

/** The loader is a program; the rest is read. */
const modeOf = (mode: number | undefined) => (((mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755);

const withoutCertificates = (entries: readonly TarEntry[]) => entries.filter(({ path }) => !certificate.test(path));

/** What `update-ca-certificates` makes of them. */
function bundleOfCertificates(entries: readonly TarEntry[]): TarEntry {
  const texts = entries
    .filter(({ path }) => certificate.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ content }) => (content.kind === 'bytes' ? `${content.bytes.toString('utf8').trimEnd()}\n` : ''));
  if (texts.length === 0) throw new AppError('bad_data', 'Debian’s ca-certificates package holds no certificates.');
  return fileOf('etc/ssl/certs/ca-certificates.crt', texts.join(''));
}

function systemFiles(): TarEntry[] {
  const worker = `worker:x:${workerUser}:`;
  return [
    linkTo('lib', 'usr/lib'),
    linkTo('lib64', 'usr/lib64'),
    directory('usr/lib64'),
    directory('tmp', 0o1777),
    fileOf('etc/passwd', `root:x:0:0:root:/:/nonexistent\n${worker}${workerUser}:worker:/tmp:/nonexistent\n`),
    fileOf('etc/group', `root:x:0:\n${worker}\n`),
    fileOf('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
  ];
}

/** `debian`, or the name of the distribution whose packages apt fetches here. */
function distribution(): string {
  if (!existsSync('/etc/os-release')) return 'debian';
  return /^ID="?([a-z0-9._-]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'debian';
}
