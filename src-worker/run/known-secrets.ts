import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { leastSecret } from '../../src-shared/api/secrets.ts';
import { AppError } from '../../src-shared/errors.ts';

/** No shorter value is stored, and no shorter part of one is looked for: it would stand in ordinary words and numbers. */
const shortestValue = leastSecret;
/** A line of a longer secret, such as of a key file, that a program may print alone. */
const shortestLine = 16;
/** How much of a value's base64 must be left, after its ends were cut off, to tell it from chance. */
const shortestBase64 = 8;
/** No secret is larger; this bounds what a wrong folder can make the worker read. */
const mostBytes = 65_536;

/**
 * The secrets that a run was given, by value. Everything that the worker writes or prints passes `mask`, which knows the
 * values themselves and the forms in which programs commonly repeat them.
 */
export class KnownSecrets {
  /** Name by form, longest form first, so that a form inside another is not left half masked. */
  readonly #forms: readonly (readonly [form: string, name: string])[];

  constructor(values: ReadonlyMap<string, string>) {
    const forms = new Map<string, string>();
    for (const [name, value] of values) for (const form of formsOf(value)) if (!forms.has(form)) forms.set(form, name);
    this.#forms = [...forms].sort(([a], [b]) => b.length - a.length);
  }

  /** Bytes of the longest form; 0 when there is nothing to look for. */
  get longestBytes(): number {
    return this.#forms.reduce((longest, [form]) => Math.max(longest, Buffer.byteLength(form)), 0);
  }

  /** Whether a form of a value stands in these bytes. */
  isIn(bytes: Buffer): boolean {
    return this.#forms.some(([form]) => bytes.includes(form));
  }

  /** The text with `[secret NAME]` in place of every form of every value. */
  mask(text: string): string {
    return this.#forms.reduce((kept, [form, name]) => kept.replaceAll(form, `[secret ${name}]`), text);
  }

  /** A JSON-like value with every text in it masked, keys too. Gives the same value when there is nothing to mask. */
  maskAll<T>(value: T): T {
    return this.#forms.length === 0 ? value : (this.#masked(value) as T);
  }

  /** The text of a JSON document with the texts in it masked; numbers, ids and hashes stay what they are. */
  maskJson(text: string): string {
    if (this.#forms.length === 0) return text;
    return text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) => (isIdentifier(literal) ? literal : this.mask(literal)));
  }

  #masked(value: unknown): unknown {
    if (typeof value === 'string') return isIdentifier(`"${value}"`) ? value : this.mask(value);
    if (Array.isArray(value)) return value.map((one) => this.#masked(one));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [this.mask(key), this.#masked(one)]));
  }
}

export const noSecrets = new KnownSecrets(new Map());

/**
 * Reads the secrets that the launcher put as files, one for each name, into the folder named by `TRANSECT_SECRETS_DIR`.
 * @throws AppError `storage` when the folder is named and cannot be read: a run must not go on without knowing what to mask
 */
export function readSecrets(env: NodeJS.ProcessEnv): KnownSecrets {
  const values = secretValues(env);
  return values.size === 0 ? noSecrets : new KnownSecrets(values);
}

/** The values themselves, by name, for who signs requests with them. Errors as in `readSecrets`. */
export function secretValues(env: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const folder = env['TRANSECT_SECRETS_DIR'] ?? '';
  if (folder === '') return new Map();
  try {
    const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
    return new Map(names.map((name) => [name, readSecret(join(folder, name))]));
  } catch (cause) {
    throw new AppError('storage', 'The secrets of this run cannot be read.', {
      remedy: 'Run it again; if that does not help, store the secrets of the task anew.',
      retryable: false,
      cause,
    });
  }
}

function readSecret(path: string): string {
  return readFileSync(path)
    .subarray(0, mostBytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function formsOf(value: string): Set<string> {
  const parts = [value, ...value.split(/\r?\n/).filter((line) => line.length >= shortestLine)];
  return new Set(parts.filter((part) => part.length >= shortestValue).flatMap(writtenForms));
}

/** A text as it stands in plain text, JSON, HTML, addresses, forms, hexadecimal and base64. */
function writtenForms(text: string): string[] {
  const bytes = Buffer.from(text);
  const percent = encodeURIComponent(text.toWellFormed());
  const hex = bytes.toString('hex');
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    htmlText(text),
    percent,
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', text.toWellFormed()]]).toString().slice(1),
    hex,
    hex.toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/** A sha256 or a time: chance may put a short secret into one, and a changed one would be false. */
function isIdentifier(literal: string): boolean {
  return /^"(?:[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+Z)"$/.test(literal);
}

function htmlText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Base64 writes three bytes as four letters, so that a text within a longer one is written in one of three ways; its first and
 * last letters then depend on its neighbours and are left out. Alone, with its padding, it is covered by the first way.
 */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const first = before === 0 ? 0 : before + 1;
    const letters = whole.toString('base64').slice(first, Math.floor((whole.length * 8) / 6));
    return letters.length < shortestBase64 ? [] : [letters, letters.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
