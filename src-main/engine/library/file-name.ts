/** Names that Windows keeps for devices, whatever follows the dot. */
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|com[0-9¹²³]|lpt[0-9¹²³])$/;
const longestName = 80;
/** A file name may be 255 bytes long on most disks; a number and an extension are added, and a time in the trash. */
const longestBytes = 200;

/**
 * A file name without extension for a task of this name: lower case, letters and digits of any script with dashes between,
 * at most 80 characters, and nothing that a disk or a system would refuse.
 */
export function taskFileStem(name: string): string {
  const plain = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^[-\p{M}]+/u, '');
  let stem = '';
  for (const character of Array.from(plain).slice(0, longestName)) {
    if (Buffer.byteLength(stem + character) > longestBytes) break;
    stem += character;
  }
  stem = stem.replace(/-+$/, '');
  if (stem === '') return 'task';
  return reserved.test(stem) ? `task-${stem}` : stem;
}

/** The names to try for a new file, in order: `a.yaml`, `a-2.yaml`, `a-3.yaml` … */
export function* freeNames(file: string): Generator<string> {
  const dot = file.lastIndexOf('.');
  yield file;
  for (let number = 2; number <= 1_000; number += 1) yield `${file.slice(0, dot)}-${number}${file.slice(dot)}`;
}
