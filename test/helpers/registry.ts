import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findProgram } from '../../src-main/engine/images/tool.ts';
import { tempFolder } from './temp.ts';

const program = findProgram('docker-registry', process.env);

/** Whether Debian's docker-registry is installed; says so when it is not. */
export function hasRegistry(): boolean {
  if (program === null) console.warn('skipped: no docker-registry (apt-get install docker-registry)');
  return program !== null;
}

export interface TestRegistry {
  /** `127.0.0.1:PORT`, as it stands in names of images. */
  readonly name: string;
  /** An environment whose DOCKER_CONFIG holds the login. */
  readonly loggedIn: Record<string, string>;
  /** One whose DOCKER_CONFIG holds this document, or nothing. */
  config(content: object | null): Record<string, string>;
}

/** User and password of a registry with a login. */
const login = Buffer.from('tester:opensesame').toString('base64');
const htpasswd = 'tester:$2b$04$CE2r8/ANCJIEjPacKO3B7eELKkwvDB7IFPvUXy4WUUJPbLWiaQMxa\n';

/** A real registry on an address of this machine, with a folder of its own, that ends with the test. */
export async function startRegistry({ withLogin = false, address = '127.0.0.1' } = {}): Promise<TestRegistry> {
  const folder = tempFolder();
  writeFileSync(join(folder, 'htpasswd'), htpasswd);
  const auth = { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } };
  // YAML is a superset of JSON.
  const settings = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `${address}:0` },
    ...(withLogin && { auth }),
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings));
  if (program === null) throw new Error('docker-registry is not installed');
  const child = spawn(program, ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let said = '';
  const name = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => {
      reject(new Error(`docker-registry ended: ${said}`));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const port = /listening on \S*?:(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(`${address}:${port}`);
    });
  });
  let count = 0;
  const config = (content: object | null) => {
    const place = join(folder, `docker-${(count += 1)}`);
    mkdirSync(place);
    if (content !== null) writeFileSync(join(place, 'config.json'), JSON.stringify(content));
    return { DOCKER_CONFIG: place };
  };
  return { name, config, loggedIn: config({ auths: { [name]: { auth: login } } }) };
}
