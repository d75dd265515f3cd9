/** The web globals that shared code uses; they exist in Node, in the renderer and in workers. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}
interface AbortSignal {
  readonly aborted: boolean;
}
declare class URL {
  static parse(url: string, base?: string): URL | null;
  static canParse(url: string): boolean;
  readonly protocol: string;
  readonly origin: string;
  readonly hostname: string;
  readonly port: string;
}
