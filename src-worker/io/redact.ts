import { parseBucketAddress } from '../../src-shared/task/object-address.ts';

/** An address fit for messages, logs and reports: without user, password, query and fragment, where tokens are kept. */
export function redactHref(href: string): string {
  // A key of a bucket may hold any character; there is no user name and no query in such an address.
  if (parseBucketAddress(href) !== null) return href;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(href)) return href;
  try {
    const url = new URL(href);
    url.username = '';
    url.password = '';
    url.search = '';
    url.hash = '';
    return url.href;
  } catch {
    return href.split(/[?#]/, 1)[0] ?? '';
  }
}
