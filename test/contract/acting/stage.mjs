import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';

/** What an act needs to look like a worker: status with a heartbeat, log, events, result. */
export class Stage {
  #startedAt = new Date().toISOString();
  #beat;

  constructor(given) {
    // out, jobId, inputs; and the words that follow the act's name in the task's name.
    Object.assign(this, given);
  }

  /** Says `running`, and then that it lives every half second. */
  begin({ heartbeat = true } = {}) {
    this.status('running');
    this.log('The act begins.');
    if (heartbeat) this.#beat = setInterval(() => this.status('running'), 500);
  }

  status(state, more = {}) {
    const now = new Date().toISOString();
    this.write('status.json', {
      v: 1,
      jobId: this.jobId,
      taskName: 'act',
      state,
      validity: state === 'succeeded' ? ['computed'] : [],
      by: 'worker',
      workerVersion: 'acting',
      pid: process.pid,
      progress: null,
      startedAt: this.#startedAt,
      heartbeatAt: now,
      endedAt: state === 'running' ? null : now,
      exitCode: state === 'running' ? null : 0,
      signal: null,
      error: null,
      isolation: null,
      ...more,
    });
  }

  log(text) {
    appendFileSync(join(this.out, 'logs.txt'), `${text}\n`);
  }

  /** A success with these files: path to content. */
  succeed(files = {}, more = []) {
    clearInterval(this.#beat);
    const outputs = Object.entries(files).map(([path, content]) => {
      mkdirSync(dirname(join(this.out, path)), { recursive: true });
      writeFileSync(join(this.out, path), content);
      return artefact(path, Buffer.from(content));
    });
    const listed = [...outputs, ...more].sort((a, b) => (a.path < b.path ? -1 : 1));
    const lines = listed.map(({ path, bytes, sha256 }) => `${path}\0${bytes}\0${sha256}\n`).join('');
    const now = new Date().toISOString();
    this.write('result.json', {
      v: 1,
      jobId: this.jobId,
      state: 'succeeded',
      validity: ['computed'],
      exitCode: 0,
      startedAt: this.#startedAt,
      endedAt: now,
      workerVersion: 'acting',
      bundleSha256: '0'.repeat(64),
      outputs: listed,
      rootSha256: createHash('sha256').update(lines).digest('hex'),
      error: null,
    });
    this.status('succeeded');
  }

  /** The local files that the engine granted: name and path. */
  granted() {
    return JSON.parse(readFileSync(this.inputs, 'utf8')).files;
  }

  write(name, value) {
    const path = join(this.out, name);
    writeFileSync(`${path}.part`, JSON.stringify(value));
    renameSync(`${path}.part`, path);
  }
}

export function artefact(path, bytes) {
  return {
    path,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mediaType: 'text/plain',
  };
}
