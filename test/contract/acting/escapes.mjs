import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const attempt = (work) => {
  try {
    return work();
  } catch (cause) {
    return `refused: ${cause.code ?? cause.message}`;
  }
};

/** Says what came of an attempt, as a table of the run. */
function tell(stage, found) {
  stage.succeed({ 'tables/found.json': JSON.stringify(found) });
}

const dial = (options) =>
  new Promise((resolve) => {
    const socket = connect({ ...options, timeout: 3_000 });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => end('connected'));
    socket.on('timeout', () => end('refused: no answer'));
    socket.on('error', ({ code }) => end(`refused: ${code}`));
  });

const ask = (url) =>
  fetch(url, { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => `${response.status} ${(await response.text()).slice(0, 40)}`,
    (cause) => `refused: ${cause.cause?.code ?? cause.name}`,
  );

/** Attempts to get out, by name. Each tells what it reached; whether something was reached the tests see for themselves. */
export const escapes = {
  'reads-files'(stage) {
    stage.begin();
    const [secret, folder] = stage.words;
    tell(stage, {
      secret: attempt(() => readFileSync(secret, 'utf8')),
      listing: attempt(() => readdirSync(folder).length),
      shadow: attempt(() => readFileSync('/etc/shadow', 'utf8').length),
    });
  },

  'writes-files'(stage) {
    stage.begin();
    const [folder] = stage.words;
    const place = (path) => attempt(() => (writeFileSync(path, 'escaped'), 'written'));
    tell(stage, {
      outside: place(join(folder, 'escaped')),
      beside: place(join(stage.out, '..', 'escaped')),
      records: place(join(stage.out, '../../../records/escaped')),
      system: place('/usr/lib/escaped'),
    });
    rmSync('/usr/lib/escaped', { force: true });
  },

  'links-out'(stage) {
    stage.begin();
    const [secret] = stage.words;
    mkdirSync(join(stage.out, 'tables'), { recursive: true });
    mkdirSync(join(stage.out, 'figures'), { recursive: true });
    symlinkSync(secret, join(stage.out, 'tables/link.csv'));
    symlinkSync(join(secret, '..'), join(stage.out, 'figures/all'));
    tell(stage, { linked: true });
  },

  async 'reaches-hosts'(stage) {
    stage.begin();
    const [port, other] = stage.words;
    const { hostname } = new URL(port);
    const { port: closed } = new URL(other);
    tell(stage, {
      admitted: await ask(`${port}/hello`),
      byAddress: await ask(`${other}/by-address`),
      byName: await ask(`http://localhost:${closed}/by-name`),
      byRedirect: await ask(`${port}/redirect`),
      direct: await dial({ host: hostname, port: Number(closed) }),
    });
  },

  async 'reaches-sockets'(stage) {
    stage.begin();
    const found = {};
    for (const path of stage.words) found[path] = await dial({ path });
    tell(stage, found);
  },

  'reads-environments'(stage) {
    stage.begin();
    const [canary] = stage.words;
    const seen = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => String(attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))).includes(canary));
    tell(stage, { own: JSON.stringify(process.env).includes(canary), others: seen.length });
  },

  async multiplies(stage) {
    stage.begin();
    const most = Number(stage.words[0]);
    const children = [];
    let refused = null;
    for (let n = 0; n < most && refused === null; n += 1) {
      try {
        const child = spawn('/proc/self/exe', ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'ignore' });
        child.on('error', ({ code }) => (refused = code));
        if (child.pid === undefined) await sleep(10);
        else children.push(child);
      } catch (cause) {
        refused = cause.code ?? cause.message;
      }
      if (n % 20 === 0) await sleep(5);
    }
    for (const child of children) child.kill('SIGKILL');
    tell(stage, { started: children.length, refused });
  },

  'fills-temporary-places'(stage) {
    stage.begin();
    const block = Buffer.alloc(16 * 1_048_576, 1);
    const fill = (folder) => {
      let written = 0;
      const end = attempt(() => {
        for (let n = 0; n < 40; n += 1) {
          writeFileSync(join(folder, `fill-${stage.jobId}-${n}`), block);
          written += 16;
        }
        return 'all of it';
      });
      for (let n = 0; n < 40; n += 1) attempt(() => rmSync(join(folder, `fill-${stage.jobId}-${n}`), { force: true }));
      return { written, end };
    };
    tell(stage, Object.fromEntries(['/tmp', '/dev/shm', '/var/tmp'].map((folder) => [folder, fill(folder)])));
  },

  'writes-odd-names'(stage) {
    stage.begin();
    mkdirSync(join(stage.out, 'tables'), { recursive: true });
    const names = [
      'new\nline.csv',
      'bell\x07.csv',
      '-rf',
      'back\\slash.csv',
      'a#b?c%20d.csv',
      '\u202ecsv.exe',
      'x'.repeat(255),
      '...',
    ];
    const made = names.filter(
      (name) => attempt(() => writeFileSync(join(stage.out, 'tables', name), 'x')) === undefined,
    );
    attempt(() => writeFileSync(Buffer.from(`${stage.out}/tables/latin-\xe9.csv`, 'latin1'), 'x'));
    let deep = join(stage.out, 'maps');
    for (let n = 0; n < 200; n += 1) deep = join(deep, 'd');
    attempt(() => mkdirSync(deep, { recursive: true }));
    tell(stage, { made: made.length });
  },
};
