/**
 * The one form of an address that may be opened in the system's browser, or null. Only https, without a name or password in it.
 * Callers open what is returned, never what they were given: parsing drops line breaks and makes look-alike letters visible.
 */
export function externalAddress(given: string): string | null {
  try {
    const { protocol, username, password, href } = new URL(given);
    return protocol === 'https:' && username + password === '' ? href : null;
  } catch {
    return null;
  }
}
