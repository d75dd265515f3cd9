export interface TestDockerd {
  /** Address of its socket, as DOCKER_HOST has it. */
  readonly host: string;
  /** Where containers reach this machine. */
  readonly hostAddress: string;
  readonly env: Readonly<Record<string, string>>;
  pid(): Promise<number | null>;
  restart(): void;
  stop(): Promise<void>;
}

export function whyNoDockerd(): string | null;
export function startDockerd(options?: { readonly daemonArgs?: readonly string[] }): Promise<TestDockerd>;
