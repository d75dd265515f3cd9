import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../src-shared/errors.ts';
import { redactHref } from '../io/redact.ts';
import { isBucketAddress, isRemoteAddress, parseBucketAddress } from '../../src-shared/task/object-address.ts';
import { maskSecrets } from '../../src-shared/task/secrets.ts';

/** Where something is read, and what it is called in everything that leaves the worker. */
export interface Place {
  /** An http(s) or bucket address, or an absolute path. */
  readonly href: string;
  /** The address without query and credentials, or the name that the task gave to a local file. */
  readonly name: string;
  /** For a local file: the real folder that it and whatever it links to must lie in. Null for what lies on a server. */
  readonly root: string | null;
}

export interface PlacesOptions {
  readonly taskFolder: string;
  readonly granted: readonly { readonly name: string; readonly path: string }[] | null;
  readonly offline: boolean;
  /** Hears of every address of a server or bucket before it is used, and may be waited for. */
  readonly reach?: (href: string) => Promise<void>;
  /** Offline: whether something was read before and is kept. */
  readonly kept?: (href: string) => Promise<boolean>;
}

/** Turns the hrefs of tasks and catalogues into places, within what was granted. */
export class Places {
  readonly #options: PlacesOptions;
  readonly #local = new Map<string, string>();

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** A place that the task names. @throws AppError `denied` when it was not granted, `source_unavailable` for what is not kept offline */
  async input(name: string): Promise<Place> {
    if (isRemoteAddress(name)) {
      await this.#requireKept(name);
      return this.#web(name);
    }
    const { granted, taskFolder } = this.#options;
    const path = granted === null ? resolve(taskFolder, name) : granted.find((file) => file.name === name)?.path;
    if (path === undefined)
      throw new AppError('denied', `The worker was not granted the file ${name}.`, {
        remedy: 'Grant the folder that holds it: --grant DIR.',
      });
    return this.tree(path, name);
  }

  /**
   * A local folder that the task names, by itself or as `name`, a pattern of files in it: as the place of a document in it, to
   * which `linked` is relative.
   */
  async folder(name: string, folder: string): Promise<Place> {
    const { granted, taskFolder } = this.#options;
    const path = granted === null ? resolve(taskFolder, folder) : granted.find((file) => file.name === name)?.path;
    if (path === undefined)
      throw new AppError('denied', `The worker was not granted the folder ${folder}.`, {
        remedy: 'Grant the folder: --grant DIR.',
      });
    const real = await this.#real(path, folder);
    const plain = posix.normalize(folder.replaceAll('\\', '/')).replace(/(.)\/$/, '$1');
    this.#local.set(resolve(path), plain);
    this.#local.set(real, plain);
    return { href: resolve(real, 'folder'), name: posix.join(plain, 'folder'), root: real };
  }

  /** A local file whose links may reach whatever lies in its own folder. */
  async tree(path: string, name: string): Promise<Place> {
    const real = await this.#real(path, name);
    const plain = name.replaceAll('\\', '/');
    this.#local.set(dirname(resolve(path)), posix.dirname(plain));
    this.#local.set(dirname(real), posix.dirname(plain));
    return { href: real, name: plain, root: dirname(real) };
  }

  /** What `href` means in a document read at `base`. A document from the web can't point at local files. */
  async linked(href: string, base: Place): Promise<Place> {
    if (isRemoteAddress(href)) return this.#web(href);
    if (base.root === null) {
      if (isBucketAddress(base.href)) return this.#web(inBucket(href, base));
      const url = URL.parse(href, base.href);
      if (url?.protocol === 'http:' || url?.protocol === 'https:') return this.#web(url.href);
      throw unreadable(href, base);
    }
    if (/^[a-z][a-z0-9+.-]+:/i.test(href) && !/^file:/i.test(href)) throw unreadable(href, base);
    const path = /^file:/i.test(href) ? filePath(href, base) : resolve(dirname(base.href), decode(href));
    const inside = relative(base.root, path);
    const name = posix.join(posix.dirname(base.name), relative(dirname(base.href), path).split(sep).join('/'));
    const real = inside.startsWith('..') || isAbsolute(inside) ? path : await this.#real(path, name);
    if (real !== base.root && !real.startsWith(base.root + sep))
      throw new AppError(
        'denied',
        `${base.name} refers to a file outside its own folder: ${maskSecrets(posix.basename(href))}.`,
        {
          remedy: 'Keep the files that an item refers to in its folder, or name them in the task.',
        },
      );
    return { href: real, name, root: base.root };
  }

  /** Whether something on a server was read before and can be read offline. */
  async isKept(href: string): Promise<boolean> {
    return (await this.#options.kept?.(href)) === true;
  }

  /** Text fit to leave the worker: without secrets and without paths of this machine. */
  publicText(text: string): string {
    const folders = [...this.#local].sort(([a], [b]) => b.length - a.length);
    const named = folders.reduce(
      (kept, [path, name]) => kept.replaceAll(path + sep, name === '.' ? '' : `${name}/`),
      text,
    );
    return maskSecrets(named);
  }

  async #web(url: string): Promise<Place> {
    if (isBucketAddress(url) ? parseBucketAddress(url) === null : !URL.canParse(url))
      throw new AppError('bad_data', `${redactHref(url)} is not an address.`, {
        remedy: 'Correct the address, or leave its item out of the task.',
      });
    // With a cache, reading tells what was kept: the answer to a search is not kept under its address alone.
    if (this.#options.kept === undefined) await this.#requireKept(url);
    if (!this.#options.offline) await this.#options.reach?.(url);
    return { href: url, name: redactHref(url), root: null };
  }

  async #requireKept(url: string): Promise<void> {
    if (!this.#options.offline || (await this.isKept(url))) return;
    throw new AppError('source_unavailable', `Offline: ${redactHref(url)} was not read.`, {
      remedy: 'Run it online (without --offline) to use the network, or name local files.',
      retryable: false,
    });
  }

  async #real(path: string, name: string): Promise<string> {
    return realpath(path).catch((cause: unknown) => {
      throw new AppError('not_found', `There is no file ${name}.`, {
        remedy: 'Check the name; a relative one is relative to the task file.',
        cause,
      });
    });
  }
}

/** What a relative link in a document of a bucket refers to. @throws AppError `bad_data` for another scheme, or outside the bucket */
function inBucket(href: string, base: Place): string {
  const [bucket = '', key = ''] = /^([a-z0-9]+:\/\/[^/]+)\/?(.*)$/is.exec(base.href)?.slice(1) ?? [];
  if (/^(?:[a-z][a-z0-9+.-]+:|\/\/)/i.test(href)) throw unreadable(href, base);
  const path = posix.join('/', href.startsWith('/') ? '' : posix.dirname(key), decode(href));
  return `${bucket}${path}`;
}

function decode(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** @throws AppError `bad_data` for the files of another machine and for what is no file address at all */
function filePath(href: string, base: Place): string {
  try {
    return fileURLToPath(href);
  } catch (cause) {
    throw new AppError('bad_data', `${base.name} refers to ${redactHref(href)}, which is no file of this machine.`, {
      remedy: 'Correct the address, or use a local copy.',
      cause,
    });
  }
}

function unreadable(href: string, base: Place): AppError {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(href)?.[1]?.toLowerCase() ?? 'such';
  return new AppError('bad_data', `${base.name} refers to an address that can't be read yet (${scheme}:…).`, {
    remedy: 'Use a collection whose files have addresses of http(s), s3, gs, az or abfs, or a local copy.',
  });
}
