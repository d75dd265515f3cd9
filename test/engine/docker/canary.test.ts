import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { askEngine } from '../../helpers/ask-engine.ts';
import { submitApproved } from '../../helpers/approve.ts';
import { containersOf, startDockerEngine } from '../../helpers/docker-engine.ts';
import { dockerClient, hasDockerd } from '../../helpers/dockerd.ts';
import { cli, summaryTask, until, whenReady, workspace } from '../../helpers/programs.ts';
import { loadServiceImage, serviceTask } from '../../helpers/service-image.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { fixtures } from '../../helpers/worker-process.ts';

const longMs = 240_000;
// No pattern of a known credential: only who knows the value can mask it.
const canary = 'zk7Qw9-canary-äö/+x1v5 T0p';
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** What must be found nowhere: the value, and forms of it that need no key to be read. */
const forms = [
  canary,
  encodeURIComponent(canary),
  Buffer.from(canary).toString('hex'),
  // Alone, and at the other two places of three that it can have in a longer text; without the ends that depend on it.
  base64(canary).slice(0, -4),
  base64(`x${canary}`).slice(4, -4),
  base64(`xx${canary}`).slice(4, -4),
].map((form) => Buffer.from(form));

const holds = (bytes: Buffer) => forms.some((form) => bytes.includes(form));

/** Every file below a folder that holds the canary, and every name that does. */
function findings(folder: string, passed: readonly string[] = []): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
    const path = join(entry.parentPath, entry.name);
    if (passed.includes(path)) return [];
    const named = holds(Buffer.from(entry.name)) ? [`the name ${path}`] : [];
    return entry.isFile() && holds(readFileSync(path)) ? [...named, path] : named;
  });
}

/** Command lines of this machine that hold the canary. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return holds(readFileSync(`/proc/${pid}/cmdline`));
      } catch {
        return false;
      }
    });
}

/** Everything that the API says about a job, and about the workspace. */
async function answers(root: DataRoot, { id }: Job): Promise<string[]> {
  const paths = ['', '/result', '/record', '/events', '/logs', '/files'].map((part) => `/api/v1/jobs/${id}${part}`);
  const all = [...paths, '/api/v1/jobs', '/api/v1/secrets', '/api/v1/settings', '/api/v1/doctor', '/api/v1/services'];
  const found: string[] = [];
  for (const path of all) {
    const { status, body } = await askEngine(root, path);
    expect({ path, status }).toEqual({ path, status: 200 });
    if (holds(body)) found.push(path);
  }
  return found;
}

describe.skipIf(!hasDockerd())('a secret that a run is given', { timeout: longMs }, () => {
  beforeAll(async () => {
    await loadServiceImage(dockerClient());
  }, longMs);

  it('is found nowhere else afterwards, and on no command line meanwhile', async () => {
    const root = workspace();
    startDockerEngine(root);
    const connection = await whenReady(root);
    const { client } = connection;
    const stored = await cli(['secrets', 'set', 'canary', '--data-root', root.path], {}, canary);
    expect(stored.code).toBe(0);
    const baseDir = tempFolder();
    mkdirSync(join(baseDir, 'case'));
    writeFileSync(join(baseDir, 'case/in.txt'), 'in');
    const secrets = 'secrets: { TOKEN: { secret: canary } }\n';
    const raster = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.tif'));
    const summary = summaryTask([join(fixtures, raster ?? '')], secrets);
    const script = [
      'test "$TOKEN" = "$(cat /proc/self/environ | tr "\\0" "\\n" | sed -n s/^TOKEN=//p)" && echo has it',
      'echo "$TOKEN"; echo "$TOKEN" >&2; echo "$TOKEN" | base64; echo "x$TOKEN" | base64; printf %s "xx$TOKEN" | base64',
      'for i in 1 2 3 4 5 6 7 8 9 10; do echo "waiting $i"; sleep 0.2; done',
      'echo "$TOKEN" > /outputs/plain.txt; echo "x$TOKEN" | base64 > /outputs/encoded.txt; echo fine > /outputs/fine.txt',
      'head -c 3000000 /dev/zero > /outputs/large.bin; printf %s "$TOKEN" >> /outputs/large.bin',
      'mkdir -p "/outputs/$TOKEN"; echo y > "/outputs/$TOKEN/y.txt"; echo "$TOKEN" > left-in-the-working-folder',
    ].join('\n');
    const runs = [summary, summary.replace('backend: process', 'backend: docker'), serviceTask(script, secrets)];

    for (const text of runs) {
      const submitted = await submitApproved(connection, { text, baseDir, grants: [fixtures] });
      const seen = new Set<string>();
      const job = await until('the run to end', longMs, async () => {
        for (const pid of commandLines()) seen.add(pid);
        const now = await client('getJob', { jobId: submitted.id });
        return isFinal(now.state) && now;
      });
      expect({ state: job.state, error: job.result?.error }).toEqual({ state: 'succeeded' });
      expect([...seen]).toEqual([]);
      expect(await answers(root, job)).toEqual([]);
      if (text !== runs[2]) continue;
      // It had the secret, or nothing would be proved; what it then did with it is named and not shown.
      const read = (name: string) => readFileSync(join(root.path, job.folder, name), 'utf8');
      expect(read('output.log')).toContain('has it\n[secret TOKEN]\n');
      expect(job.validity).toEqual(['partial']);
      const paths = job.result?.outputs.map(({ path }) => path).filter((path) => path.startsWith('outputs/'));
      expect(paths).toEqual(['outputs/fine.txt']);
      const { warnings } = JSON.parse(read('metadata.json')) as { warnings: string[] };
      expect(warnings.filter((warning) => warning.includes('holds a secret'))).toHaveLength(4);
    }

    await until('containers to be removed', 30_000, async () => (await containersOf(root)).length === 0);
    expect(findings(root.path, [join(root.secrets, 'secrets.json')])).toEqual([]);
    const docker = dockerClient();
    const images = await docker.listImages();
    // Other tests add and remove images meanwhile.
    const orNull = (asked: Promise<unknown>) => asked.catch(() => null);
    const inspected = await Promise.all(images.map(({ Id }) => orNull(docker.getImage(Id).inspect())));
    const histories = await Promise.all(images.map(({ Id }) => orNull(docker.getImage(Id).history())));
    expect(inspected.filter((one) => one !== null).length).toBeGreaterThan(1);
    expect(holds(Buffer.from(JSON.stringify([inspected, histories])))).toBe(false);
  });
});
