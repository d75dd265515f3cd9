import { SecretName } from '../../src-shared/api/secrets.ts';

/** What is wrong with a name for a secret, in words; undefined when nothing is, or nothing was typed yet. */
export function nameProblem(name: string): string | undefined {
  if (name === '' || SecretName.safeParse(name).success) return undefined;
  if (name.length > 64) return 'At most 64 characters.';
  return /^[A-Za-z]/.test(name)
    ? 'Letters, digits, and _ . - only, without spaces.'
    : 'A name begins with a letter from A to Z.';
}

/** How a task refers to a stored secret. */
export function referenceTo(name: string): string {
  const variable = name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  return `secrets: {${variable}: {secret: "${name}"}}`;
}
