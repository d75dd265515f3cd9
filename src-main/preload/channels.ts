/** The three channels between a window's page and the shell. What is asked and told travels inside the message. */
export const channels = {
  /** Once, by the preload, as it loads: answers what this window is, to its main frame only. */
  hello: 'transect:hello',
  request: 'transect:request',
  event: 'transect:event',
} as const;

/** The answer to `hello`. */
export interface Hello {
  readonly secret: string;
  readonly platform: string;
  readonly version: string;
}

/** How many events are kept until the page listens. */
export const maxKept = 20;
