import { z } from 'zod';
import { Grant } from './api/library.ts';
import { OwnerStatus, Pin } from './api/owner.ts';
import { JobId } from './job-id.ts';
import { yamlLimits } from './task/yaml.ts';

/**
 * What the window asks of the desktop, and nothing else: business goes through the API. Every request is parsed with these
 * schemas in the shell, every answer in the window. A file that a person chose becomes a grant in the engine.
 */
const nothing = z.null();
/** Where in the window something is shown. */
export const Place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('job'), jobId: JobId }),
  /** A job that waits for a person. */
  z.strictObject({ kind: z.literal('approval'), jobId: JobId }),
  z.strictObject({ kind: z.literal('approvals') }),
  z.strictObject({ kind: z.literal('costs') }),
]);
export type Place = z.infer<typeof Place>;

/** How the person at this window proves to be the owner, and whether they have. The proof itself never comes to the page. */
export const OwnerState = OwnerStatus.omit({ isOwner: true }).extend({
  /** Whether the calls of this window are the owner's now. */
  unlocked: z.boolean(),
  /** Whether this system keeps a key for this window, so that nobody has to type a PIN. */
  canUseKey: z.boolean(),
});
export type OwnerState = z.infer<typeof OwnerState>;

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
  /** Asks where to, and writes the ledger of these UTC days there as CSV; null leaves an end of the range open. */
  saveLedger: {
    input: z.strictObject({ from: z.iso.date().nullable(), to: z.iso.date().nullable() }),
    output: z.strictObject({ name: z.string() }).nullable(),
  },
  /** A system notification; a click opens the window on that place. The shell itself tells of proposals and of what is overdue. */
  notify: {
    input: z.strictObject({ title: z.string().max(200), body: z.string().max(500), place: Place }),
    output: nothing,
  },
  /** Opens an https address in the system's browser, after a question that shows the whole address. */
  openExternal: { input: z.strictObject({ url: z.string().max(2_000) }), output: nothing },
  copyText: { input: z.strictObject({ text: z.string().max(200_000) }), output: nothing },
  setTheme: { input: z.strictObject({ theme: z.enum(['system', 'light', 'dark']) }), output: nothing },
  /** Tries to reach or start the engine at once, after a failure was shown. */
  retryEngine: { input: nothing, output: nothing },
  /** Where a key is kept and nobody locked the window, asking is enough to unlock it. */
  ownerState: { input: nothing, output: OwnerState },
  /** Makes this window the owner's until it is locked: with the PIN, or with null by the key. */
  unlockOwner: { input: z.strictObject({ pin: z.string().max(200).nullable() }), output: OwnerState },
  /** Sets the PIN and unlocks with it. `old` is the one that holds now, null where there is none. */
  setOwnerPin: { input: z.strictObject({ pin: Pin, old: z.string().max(200).nullable() }), output: OwnerState },
  lockOwner: { input: nothing, output: OwnerState },
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
  /** A notification or the tray was clicked. */
  openPlace: Place,
  /** The window was locked or unlocked, or another engine answers. */
  owner: z.strictObject({ unlocked: z.boolean() }),
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
