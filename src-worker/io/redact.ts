/** An address fit for messages, logs and reports: without user, password, query and fragment, where tokens are kept. */
export function redactHref(href: string): string {
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
