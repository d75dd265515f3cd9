// The three programs that run on the pinned Node 24. Each is one ESM file that needs nothing from node_modules.
import { resolve } from 'node:path';
import type { InlineConfig, Plugin } from 'vite';

export interface Program {
  readonly entry: string;
  /** The folder under `out/` that holds the program and the files beside it. */
  readonly folder: string;
  /** How to build it into `outDir`. */
  config(outDir: string): InlineConfig;
}

export const programs: Readonly<Record<'engine' | 'cli' | 'worker', Program>> = {
  engine: program('engine', 'src-main/engine/main.ts', 'out/programs/engine'),
  cli: program('cli', 'src-main/cli/main.ts', 'out/programs/cli'),
  worker: program('worker', 'src-worker/main.ts', 'out/worker'),
};

/**
 * What dockerode brings for ways that are not taken: containers behind ssh, and builds by BuildKit. ssh2 would need a native
 * add-on. None of it is called: src-main/engine/backends/docker/client.ts refuses such addresses.
 */
const unused = ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'];

function leaveOut(): Plugin {
  const prefix = '\0left-out:';
  return {
    name: 'leave-out',
    enforce: 'pre',
    resolveId: (id) => (unused.includes(id) ? prefix + id : null),
    load: (id) => (id.startsWith(prefix) ? 'export const Client = undefined;' : null),
  };
}

function program(name: string, entry: string, folder: string): Program {
  const root = import.meta.dirname;
  return {
    entry,
    folder,
    config: (outDir) => ({
      configFile: false,
      root,
      logLevel: 'warn',
      mode: 'production',
      plugins: [leaveOut()],
      ssr: { noExternal: true, target: 'node' },
      build: {
        ssr: true,
        target: 'node24',
        outDir,
        emptyOutDir: true,
        copyPublicDir: false,
        minify: false,
        sourcemap: true,
        reportCompressedSize: false,
        rolldownOptions: {
          input: { [name]: resolve(root, entry) },
          output: { format: 'es', entryFileNames: '[name].js', codeSplitting: false },
        },
      },
    }),
  };
}
