/** Where a client of the proxy wants to go. */
export interface Target {
  /** A name or an address in its one canonical form: lower case, ASCII, IPv6 in brackets, no dot at the end. */
  readonly host: string;
  readonly port: number;
}

/** Labels of letters, digits, dashes and underscores; or an IPv6 address. */
const plainName = /^(?=.{1,253}$)(?:[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*|\[[0-9a-f:]+\])$/;
/** Longer than any authority that means something (RFC 1035 allows names of 253 characters). */
const maxLength = 512;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is refused
const odd = /[\u0000-\u0020\u007f-\u00a0@/\\?#%]/;

/**
 * Reads the `host:port` of a CONNECT request. Numbers in any notation become the address that a system would take them for
 * (`0x7f.1` is 127.0.0.1), so that what is checked is what is meant. Null for what is no such thing, with user names or escapes.
 */
export function parseAuthority(text: string): Target | null {
  if (text.length > maxLength || odd.test(text)) return null;
  const match = /^(\[[^\]]*\]|[^:[\]]+):(\d{1,5})$/.exec(text);
  const [, host = '', port = ''] = match ?? [];
  return match === null ? null : canonical(host, Number(port));
}

/** Reads the absolute address of a plain request through a proxy. Only http: TLS comes by CONNECT. */
export function parseAbsolute(text: string): (Target & { readonly path: string }) | null {
  if (!/^http:\/\//i.test(text) || text.length > 16_384) return null;
  const [authority = ''] = text.slice('http://'.length).split(/[/?#]/, 1);
  if (authority === '' || odd.test(authority)) return null;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return null;
  const target = canonical(url.hostname, url.port === '' ? 80 : Number(url.port));
  return target === null ? null : { ...target, path: url.pathname + url.search };
}

function canonical(host: string, port: number): Target | null {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return null;
  // The URL parser is the one that fetch uses: both see the same host.
  const url = URL.parse(`http://${host}/`);
  if (url === null || url.port !== '' || url.username !== '') return null;
  const name = url.hostname.replace(/\.$/, '');
  return plainName.test(name) ? { host: name, port } : null;
}

/** Reads a line of a policy, `host` or `host:port`; null when it is not written in the canonical form. */
export function parseListed(text: string): Target | null {
  const plain = /:\d+$/.test(text) ? parseAuthority(text) : parseAuthority(`${text}:443`);
  const written = plain !== null && (text === plain.host || text === `${plain.host}:${plain.port}`);
  return written ? plain : null;
}
