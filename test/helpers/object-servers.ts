import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsClient } from 'aws4fetch';
import { signWithAccountKey } from '../../src-worker/io/remote/azure-key.ts';

/** A server of buckets in a process of its own. */
export interface ObjectServer {
  readonly url: string;
  put(bucket: string, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

const require = createRequire(import.meta.url);
const startMs = 60_000;

export const s3Keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** An S3 server (s3rver) that checks signatures, with these buckets. */
export async function startS3(...buckets: readonly string[]): Promise<ObjectServer> {
  const folder = mkdtempSync(join(tmpdir(), 'transect-s3-'));
  const cli = join(require.resolve('@20minutes/s3rver'), '..', 'cli.js');
  const program = `require(${JSON.stringify(cli)}).parseAsync(process.argv)`;
  const named = buckets.flatMap((bucket) => ['--configure-bucket', bucket]);
  // The first argument stands where the name of the program would.
  const args = ['-e', program, 's3rver', '-d', folder, '-a', '127.0.0.1', '-p', '0', ...named];
  const { url, close } = await started(args, folder, /listening on ([\d.]+:\d+)/);
  const client = new AwsClient({ ...s3Keys, service: 's3', region: 'us-east-1' });
  return {
    url,
    close,
    async put(bucket, key, bytes) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      const answer = await client.fetch(`${url}/${bucket}/${path}`, { method: 'PUT', body: bytes });
      await drained(answer, `PUT ${key}`);
    },
  };
}

/** The account and key that every Azurite has. */
export const azurite = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** An Azure Blob server (Azurite). `put` makes a container that anybody may read when its name begins with `public`. */
export async function startAzure(): Promise<ObjectServer> {
  const folder = mkdtempSync(join(tmpdir(), 'transect-azure-'));
  const main = join(require.resolve('azurite/package.json'), '..', 'dist/src/blob/main.js');
  const args = [main, '--blobHost', '127.0.0.1', '--blobPort', '0', '--location', folder];
  const { url, close } = await started(
    [...args, '--skipApiVersionCheck', '--disableTelemetry', '--silent'],
    folder,
    /successfully listens on http:\/\/([\d.]+:\d+)/,
  );
  const made = new Set<string>();
  const send = async (path: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) => {
    const lengths = body === undefined ? {} : { 'content-length': String(body.length) };
    const address = `${url}/${azurite.account}/${path}`;
    const request = { url: address, headers: { ...headers, ...lengths } };
    const signed = signWithAccountKey(request, 'PUT', azurite.account, azurite.key, new Date());
    await drained(
      await fetch(signed.url, { method: 'PUT', headers: signed.headers, body: body ?? null }),
      `PUT ${path}`,
    );
  };
  return {
    url,
    close,
    async put(container, key, bytes) {
      if (!made.has(container)) {
        const open = container.startsWith('public') ? { 'x-ms-blob-public-access': 'blob' } : {};
        await send(`${container}?restype=container`, open);
        made.add(container);
      }
      const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/octet-stream' };
      await send(`${container}/${key.split('/').map(encodeURIComponent).join('/')}`, headers, bytes);
    },
  };
}

/** A shared access signature that lets its bearer read one container (service SAS of version 2020-12-06). */
export function azureSas(container: string, until: Date): string {
  const expiry = until.toISOString().replace(/\.\d+Z$/, 'Z');
  const version = '2020-12-06';
  const resource = `/blob/${azurite.account}/${container}`;
  const text = ['r', '', expiry, resource, '', '', '', version, 'c', '', '', '', '', '', '', ''].join('\n');
  const signature = createHmac('sha256', Buffer.from(azurite.key, 'base64')).update(text).digest('base64');
  return new URLSearchParams({ sv: version, se: expiry, sr: 'c', sp: 'r', sig: signature }).toString();
}

async function drained(answer: Response, what: string): Promise<void> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: HTTP ${answer.status} ${text.slice(0, 300)}`);
}

async function started(args: readonly string[], folder: string, listening: RegExp) {
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { url: `http://${await addressOf(child, listening)}`, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function addressOf(child: ChildProcess, listening: RegExp): Promise<string> {
  return new Promise((fulfil, reject) => {
    let said = '';
    const failed = (why: string) => reject(new Error(`the server did not start (${why}): ${said.slice(-2_000)}`));
    const timer = setTimeout(() => failed('no answer in time'), startMs);
    const listen = (text: Buffer) => {
      said += text.toString();
      const address = listening.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      fulfil(address);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.on('close', (code) => {
      clearTimeout(timer);
      failed(`it ended with ${code ?? 'a signal'}`);
    });
  });
}
