import type { Artefact } from './job.ts';

/**
 * The text whose sha256 is the root of a run's hash tree: one line `path\0bytes\0sha256\n` an artefact, sorted by path in
 * code-unit order. Pure, so that worker, engine and reviewer hash the same text with whatever they have.
 */
export function hashTreeText(artefacts: readonly Pick<Artefact, 'path' | 'bytes' | 'sha256'>[]): string {
  return [...artefacts]
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .map(({ path, bytes, sha256 }) => `${path}\0${bytes}\0${sha256}\n`)
    .join('');
}
