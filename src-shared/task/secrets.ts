/** Key names under which people keep credentials. */
const secretKey =
  /^(api[_-]?key|access[_-]?key|secret[_-]?(access[_-]?)?key|token|auth|authorization|password|passwd|credential|sas|private[_-]?key)s?$/i;

/** Shapes of well-known credentials and of signed addresses. */
const secretValue: readonly RegExp[] = [
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bsk-[A-Za-z0-9_-]{8,}/,
  /\b(ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{16,}/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bey[A-Za-z0-9_-]{10,}\.ey[A-Za-z0-9_-]{10,}\./,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^https?:\/\/[^/\s@]*:[^/\s@]*@/i,
  /[?&](sig|signature|x-amz-signature|x-goog-signature|x-amz-credential|access_token|api_?key|token)=[^&\s]+/i,
];

/** Says why a value must not stand in a task file, or null. A `{secret: NAME}` reference is what to write instead. */
export function secretProblem(key: string, value: string): string | null {
  if (secretKey.test(key) || secretValue.some((pattern) => pattern.test(value)))
    return 'looks like a secret; task files are copied into outputs. Store it and refer to it: secrets: {NAME: {secret: stored-name}}';
  return null;
}

/** Masks credentials in text that goes to logs, statuses and reports. */
export function maskSecrets(text: string): string {
  return text
    .replace(/(https?:\/\/)[^/\s@]*:[^/\s@]*@/gi, '$1***@')
    .replace(
      /([?&](?:sig|signature|x-amz-signature|x-goog-signature|x-amz-credential|access_token|api_?key|token)=)[^&\s"']+/gi,
      '$1***',
    )
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, '***')
    .replace(/\b(sk-|ghp_|gho_|ghs_|github_pat_|AIza|xox[abprs]-)[A-Za-z0-9_-]{8,}/g, '***')
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._-]{8,}/g, '$1 ***');
}
