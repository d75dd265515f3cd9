import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { escapes } from './escapes.mjs';
import { artefact } from './stage.mjs';

export { Stage } from './stage.mjs';

const forever = () => new Promise((resolve) => setTimeout(resolve, 2 ** 30));

/** What a worker may do wrong, by name. */
export const acts = {
  ...escapes,

  async 'works-on'(stage) {
    stage.begin();
    for (let line = 1; ; line += 1) {
      stage.log(`line ${line}`);
      await sleep(20);
    }
  },

  /** As a worker that goes on for some seconds and ends well: numbered lines, so that none can be lost or doubled. */
  async counts(stage) {
    stage.begin();
    for (let line = 1; line <= 300; line += 1) {
      stage.log(`line ${line}`);
      await sleep(20);
    }
    stage.succeed();
  },

  async 'is-brief'(stage) {
    stage.begin();
    await sleep(150);
    stage.succeed({ 'tables/brief.csv': 'a,b\n1,2\n' });
  },

  async 'ignores-sigterm'(stage) {
    process.on('SIGTERM', () => stage.log('I was asked to end'));
    stage.begin();
    await forever();
  },

  async outstays(stage) {
    stage.begin();
    await forever();
  },

  async 'falls-silent'(stage) {
    stage.begin({ heartbeat: false });
    await forever();
  },

  async 'remembers-too-much'(stage) {
    stage.begin();
    const kept = [];
    for (;;) {
      kept.push(Buffer.alloc(64 * 1_048_576, kept.length + 1));
      await sleep(5);
    }
  },

  'talks-much'(stage) {
    stage.begin();
    for (let hundred = 0; hundred < 1_000; hundred += 1)
      stage.log(Array.from({ length: 100 }, (_, n) => `line ${hundred * 100 + n + 1}`).join('\n'));
    stage.succeed();
  },

  'makes-noise'(stage) {
    stage.begin();
    const noise = Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 7 + 13) % 256));
    const event = (seq, message) =>
      `${JSON.stringify({ seq, at: new Date().toISOString(), type: 'log', level: 'info', message })}\n`;
    const events = join(stage.out, 'events.ndjson');
    appendFileSync(events, event(1, 'before the noise'));
    for (const piece of [
      noise,
      '\n{"seq":\n',
      '[[[[\n',
      `${'x'.repeat(3_000_000)}\n`,
      '{"seq":2,"type":"launch"}\n',
      '\0\0\n',
    ])
      appendFileSync(events, piece);
    appendFileSync(events, event(3, 'after the noise'));
    appendFileSync(join(stage.out, 'logs.txt'), noise);
    process.stdout.write(noise);
    process.stderr.write(noise);
    stage.log('\nthe end of the noise');
    stage.succeed();
  },

  'forgets-an-output'(stage) {
    stage.begin();
    stage.succeed({}, [artefact('tables/gone.csv', Buffer.from('a,b\n'))]);
  },

  'ends-without-a-word'(stage) {
    stage.begin();
    process.exit(7);
  },

  /** Starts programs that go on by themselves, in a session of their own where that is possible. */
  async 'leaves-children'(stage) {
    stage.begin();
    for (let n = 0; n < 3; n += 1)
      try {
        const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)', '--', `left-by-${stage.jobId}`], {
          detached: true,
          stdio: 'ignore',
        });
        child.on('error', () => undefined);
        child.unref();
      } catch {
        // Where no process can be started, none can be left.
      }
    await sleep(300);
    stage.succeed();
  },

  async 'fills-the-folder'(stage) {
    stage.begin();
    try {
      for (let n = 0; ; n += 1) {
        writeFileSync(join(stage.out, `file-${n}`), 'x');
        if (n % 500 === 0) await sleep(1);
      }
    } catch (cause) {
      stage.log(`stopped by ${cause.code}`);
    }
    await forever();
  },

  async 'writes-too-much'(stage) {
    stage.begin();
    const block = Buffer.alloc(4 * 1_048_576, 1);
    for (let n = 0; n < 1_000; n += 1) {
      appendFileSync(join(stage.out, 'much.bin'), block);
      await sleep(20);
    }
    await forever();
  },
};
