/** Key names under which people keep credentials. */
const secretKey =
  /^(api[_-]?key|access[_-]?key|secret[_-]?(access[_-]?)?key|token|auth|authorization|password|passwd|credential|sas|private[_-]?key)s?$/i;

const signedParameter =
  'sig|signature|x-amz-signature|x-goog-signature|x-amz-credential|x-amz-security-token|access_token|api_?key|token';

/** Shapes of well-known credentials and of signed addresses, each with what is left of it when it is masked. */
const secretShapes: readonly { readonly shape: RegExp; readonly masked: string }[] = [
  { shape: /(https?:\/\/)[^/\s@]+@/gi, masked: '$1***@' },
  { shape: new RegExp(`([?&](?:${signedParameter})=)[^&\\s"'<>]+`, 'gi'), masked: '$1***' },
  { shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, masked: '***' },
  { shape: /\b(?:sk-|ghp_|gho_|ghs_|github_pat_|xox[abprs]-)[A-Za-z0-9_-]{8,}/g, masked: '***' },
  { shape: /\bAIza[A-Za-z0-9_-]{30,}/g, masked: '***' },
  { shape: /\bey[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*)?/g, masked: '***' },
  { shape: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, masked: '***' },
  { shape: /\b(Bearer|Basic)\s+[A-Za-z0-9+/=._-]{8,}/g, masked: '$1 ***' },
];

/** Whether a text holds something of the shape of a credential. */
export function looksSecret(value: string): boolean {
  return secretShapes.some(({ shape }) => value.search(shape) !== -1);
}

/** Says why a value must not stand in a task file, or null. A `{secret: NAME}` reference is what to write instead. */
export function secretProblem(key: string, value: string): string | null {
  if (secretKey.test(key) || looksSecret(value))
    return 'looks like a secret; task files are copied into outputs. Store it and refer to it: secrets: {NAME: {secret: stored-name}}';
  return null;
}

/** Masks credentials in text that goes to logs, statuses and reports. */
export function maskSecrets(text: string): string {
  return secretShapes.reduce((kept, { shape, masked }) => kept.replace(shape, masked), text);
}
