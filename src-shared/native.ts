import { z } from 'zod';
import { Grant } from './api/library.ts';
import { JobId } from './job-id.ts';
import { yamlLimits } from './task/yaml.ts';

/**
 * What the window asks of the desktop, and nothing else: business goes through the API. Every request is parsed with these
 * schemas in the shell, every answer in the window. A file that a person chose becomes a grant in the engine.
 */
const nothing = z.null();
const runFile = z.strictObject({ jobId: JobId, path: z.string().max(1_000) });

export const nativeRequests = {
  /** Native open dialog. Null when the person closed it. */
  pickInput: {
    input: z.strictObject({ kind: z.enum(['raster', 'folder', 'stac', 'geojson', 'features']) }),
    output: z.strictObject({ grant: Grant }).nullable(),
  },
  /**
   * Asks for a task file and reads it; its folder is granted, since local inputs are relative to it. No grant for a folder that
   * cannot be granted as a whole, such as the home folder.
   */
  openTaskFile: {
    input: nothing,
    output: z
      .strictObject({ name: z.string(), text: z.string().max(yamlLimits.bytes), grant: Grant.nullable() })
      .nullable(),
  },
  /** Shows a run's file, or with an empty path its folder, in the system's file manager. */
  showInFolder: { input: runFile, output: nothing },
  /** Asks where to, and copies a run's file there. Null when the person closed the dialog. */
  saveCopy: { input: runFile, output: z.strictObject({ name: z.string() }).nullable() },
  /** A system notification; a click opens the window on that job. */
  notify: {
    input: z.strictObject({ title: z.string().max(200), body: z.string().max(500), jobId: JobId }),
    output: nothing,
  },
  /** Opens an https address in the system's browser, after a question that shows the whole address. */
  openExternal: { input: z.strictObject({ url: z.string().max(2_000) }), output: nothing },
  copyText: { input: z.strictObject({ text: z.string().max(200_000) }), output: nothing },
  setTheme: { input: z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }), output: nothing },
  /** Tries to reach or start the engine at once, after a failure was shown. */
  retryEngine: { input: nothing, output: nothing },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type NativeName = keyof typeof nativeRequests;
export type NativeInput<N extends NativeName> = z.input<(typeof nativeRequests)[N]['input']>;
export type NativeOutput<N extends NativeName> = z.output<(typeof nativeRequests)[N]['output']>;

/** What the shell tells the window. */
export const nativeEvents = {
  /** A menu item or its key. The ids are those of the window's command palette. */
  command: z.strictObject({ id: z.string() }),
  engine: z.strictObject({
    state: z.enum(['starting', 'ready', 'failed']),
    message: z.string().nullable(),
    remedy: z.string().nullable(),
  }),
  openJob: z.strictObject({ jobId: JobId }),
} as const;

export type NativeEventName = keyof typeof nativeEvents;
export type NativeEvent<N extends NativeEventName> = z.output<(typeof nativeEvents)[N]>;

/** `window.transect`, made by the preload: two functions and what this window is. `secret` goes with every API call. */
export interface NativeBridge {
  invoke(name: string, input: unknown): Promise<unknown>;
  on(listener: (name: string, event: unknown) => void): () => void;
  readonly secret: string;
  readonly platform: string;
  readonly version: string;
}

/** Answer of `invoke`: errors are data, because Electron keeps only the message of what is thrown. */
export type NativeReply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** Header of every `/api` call of a window; the shell refuses calls without the window's secret. */
export const windowSecretHeader = 'x-transect-window';
/** Set by the shell on what it passes on, so that the engine knows a window's call from an agent's. */
export const callerHeader = 'x-transect-caller';
/** The window's own address and that of run files: `job://<job-id>/<path>`. */
export const appOrigin = 'app://transect';
export const jobScheme = 'job';
