/**
 * The folder of a server in the cache of what runs have read: its host in a form that every file system takes. Objects lie in
 * that of their own server and are looked for nowhere else, so that who may bring in objects of one can't forge those of another.
 * @param host as `webHost` gives it
 */
export function hostFolder(host: string): string {
  return `h-${host.replace(/[^a-z0-9.-]/g, '_')}`;
}
