// Serves a folder of STAC items (`<item>/item.json` with their files) as a STAC API on this machine, such as for the
// Landsat examples. Use: npm run -s stac -- DIR [--port 8117]
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { serveFolder } from './stac-server/serve-folder.ts';

/** The port that the examples name. */
const defaultPort = 8117;
const root = resolve(import.meta.dirname, '..');
const examples = join(root, 'examples/spatiotemporal/tasks');

/** The examples that search this collection at this address. */
function examplesFor(url: string, collections: ReadonlySet<string>): string[] {
  return readdirSync(examples)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .filter((name) => {
      const text = readFileSync(join(examples, name), 'utf8');
      const collection = /^\s*collection:\s*(\S+)\s*$/m.exec(text)?.[1] ?? '';
      return text.includes(`stac_api: ${url}\n`) && collections.has(collection);
    })
    .map((name) => relative(root, join(examples, name)));
}

function refuse(message: string): void {
  console.error(message);
  process.exitCode = 64;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { port: { type: 'string' } } });
  const [dir] = positionals;
  const port = Number(values.port ?? defaultPort);
  if (dir === undefined || positionals.length > 1)
    return refuse('Use: npm run -s stac -- DIR [--port 8117]. DIR holds one folder an item, each with its item.json.');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return refuse(`${values.port ?? ''} is not a port.`);
  const folder = resolve(process.env['INIT_CWD'] ?? '.', dir);
  if (!existsSync(folder)) return refuse(`There is no folder ${dir}.`);
  const server = await serveFolder(folder, port).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') return null;
    throw cause;
  });
  if (server === null)
    return refuse(`Port ${port} of 127.0.0.1 is taken. Give another one: --port N (and name it in the task).`);
  const { url, items } = server;
  if (items.length === 0) {
    await server.close();
    return refuse(`${dir} holds no <item>/item.json.`);
  }
  const collections = new Set(items.flatMap(({ collection }) => collection ?? []));
  const tasks = examplesFor(url, collections);
  const lines = [
    `STAC API: ${url}`,
    `Items: ${items.length} (${[...collections].sort().join(', ')})`,
    ...(tasks.length === 0
      ? [`In a task: stac_api: ${url}, collection: ${[...collections].sort()[0] ?? 'none'}`]
      : ['Run in another terminal:', ...tasks.map((task) => `  npm run -s transect -- run ${task} --backend process`)]),
    'End it with Ctrl+C.',
  ];
  console.log(lines.join('\n'));
  const end = () => void server.close();
  process.once('SIGINT', end).once('SIGTERM', end);
}

await main();
