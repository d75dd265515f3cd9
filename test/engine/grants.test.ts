import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { Grants } from '../../src-main/engine/grants/grants.ts';
import { findExamples } from '../../src-main/engine/library/examples.ts';
import { allOf } from '../helpers/all-of.ts';
import { askEngine, askThroughWindow } from '../helpers/ask-engine.ts';
import { endProcess, summaryTask, untilEnded, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

function setUp(): { root: DataRoot; data: string; open: () => Grants } {
  const top = tempFolder();
  const root = openDataRoot(join(top, 'root'));
  const data = join(top, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'a.tif'), 'x');
  const open = () =>
    new Grants(root, (cause) => {
      throw cause;
    });
  return { root, data, open };
}

const failing = (code: string) => expect.objectContaining({ code }) as Error;

describe('grants', () => {
  it('are for real paths, once each, and outlive the engine until they are taken back', () => {
    const { root, data, open } = setUp();
    const grants = open();
    const folder = grants.add(data, 'agent');
    expect(folder).toMatchObject({ path: data, kind: 'folder' });
    symlinkSync(data, `${data}-link`);
    expect(grants.add(`${data}-link`, 'agent')).toEqual(folder);
    expect(grants.add(`${data}/../data/`, 'owner')).toEqual(folder);
    const file = grants.add(join(data, 'a.tif'), 'owner');
    expect(file.kind).toBe('file');
    expect(open().list()).toEqual([folder, file]);
    expect(open().paths()).toEqual([data, join(data, 'a.tif')]);
    expect(grants.revoke(folder.id, 'agent')).toEqual([file]);
    expect(grants.revoke(folder.id, 'agent')).toEqual([file]);
    expect(grants.revoke('never given', 'agent')).toEqual([file]);
    const again = grants.add(data, 'agent');
    expect(again.id).not.toBe(folder.id);
    expect(open().list()).toEqual([file, again]);
    expect(readFileSync(root.grantsFile, 'utf8').trimEnd().split('\n')).toHaveLength(4);
  });

  it('refuse what can never be granted', () => {
    const { root, data, open } = setUp();
    const grants = open();
    writeFileSync(root.endpointFile, '{}');
    spawnSync('mkfifo', [join(data, 'pipe')]);
    for (const path of [
      parse(data).root,
      dirname(homedir()),
      root.records,
      root.engine,
      root.endpointFile,
      join(data, 'pipe'),
    ])
      expect(() => grants.add(path, 'owner')).toThrow(failing('denied'));
    symlinkSync('/', join(data, 'everything'));
    expect(() => grants.add(join(data, 'everything'), 'owner')).toThrow(failing('denied'));
    expect(() => grants.add(join(data, 'none'), 'owner')).toThrow(failing('not_found'));
    expect(() => grants.add('data', 'owner')).toThrow(failing('bad_data'));
    // A person may keep data right in the home folder; hidden entries below a granted folder stay out of reach.
    expect(grants.add(homedir(), 'owner').kind).toBe('folder');
    expect(grants.list()).toHaveLength(1);
  });

  it('hold none of them while the record is damaged, and leave it as it is', () => {
    const { root, data, open } = setUp();
    const grants = open();
    grants.add(data, 'agent');
    grants.add(join(data, 'a.tif'), 'agent');
    const good = readFileSync(root.grantsFile, 'utf8');

    // A line that a power cut left unfinished was never acknowledged.
    appendFileSync(root.grantsFile, '{"v":1,"seq":3');
    expect(open().list()).toHaveLength(2);
    open().add(root.outputs, 'agent');
    expect(open().list()).toHaveLength(3);
    truncateSync(root.grantsFile, Buffer.byteLength(good));

    const bad = good.replace('a.tif', 'b.tif');
    writeFileSync(root.grantsFile, bad);
    const problems: unknown[] = [];
    const damaged = new Grants(root, (cause) => problems.push(cause));
    expect(problems).toHaveLength(1);
    expect(damaged.paths()).toEqual([]);
    expect(() => damaged.list()).toThrow(failing('bad_data'));
    expect(() => damaged.add(data, 'owner')).toThrow(failing('bad_data'));
    expect(readFileSync(root.grantsFile, 'utf8')).toBe(bad);
  });
});

describe('a page in the window', () => {
  const code = (body: Buffer) => (JSON.parse(body.toString()) as { error?: { code: string } }).error?.code;

  it('names documents and never folders, and cannot grant', async () => {
    const root = workspace();
    const connection = await connect(root);
    const { client } = connection;
    const outside = tempFolder();
    const from = 'examples/example_raster_summary.yaml';
    const { text } = await client('readTask', { taskId: from });
    const submit = (body: object) => askThroughWindow(root, '/api/v1/jobs', { text, backend: 'process', ...body });

    expect(code((await submit({ baseDir: outside })).body)).toBe('denied');
    expect(code((await submit({ from, grants: [outside] })).body)).toBe('denied');
    expect(code((await submit({ from, baseDir: '/' })).body)).toBe('denied');
    expect(code((await askThroughWindow(root, '/api/v1/grants', { path: outside })).body)).toBe('denied');
    for (const value of ['', 'direct', 'WINDOW', 'shell']) {
      const headers = { 'x-transect-caller': value };
      const answer = await askEngine(root, '/api/v1/grants', {
        method: 'POST',
        headers,
        body: JSON.stringify({ path: outside }),
      });
      expect([value, answer.status]).toEqual([value, 403]);
    }
    expect(await client('listJobs', {})).toMatchObject({ jobs: [], total: 0 });
    expect(await client('listGrants', {})).toEqual({ grants: [] });

    const answer = await submit({ from });
    expect(answer.status).toBe(200);
    const { id } = JSON.parse(answer.body.toString()) as { id: Parameters<typeof untilEnded>[1] };
    expect((await untilEnded(connection, id)).state).toBe('succeeded');
    const [created] = await allOf(await client('jobRecord', { jobId: id }));
    expect(created?.data).toMatchObject({ through: 'window', from, baseDir: findExamples({}), grants: [] });
    expect((await askThroughWindow(root, '/api/v1/tasks')).status).toBe(200);
  });

  it('reads what a person granted, for as long as it is granted', async () => {
    const root = workspace();
    const connection = await connect(root);
    const data = tempFolder();
    const red = readFileSync(join(findExamples({}) ?? '', 'data/red.tif'));
    writeFileSync(join(data, 'red.tif'), red);
    const { client } = connection;
    const text = summaryTask([join(data, 'red.tif')]);
    const submit = (asking: object = {}) => client('submitJob', { text, backend: 'process', ...asking });
    await expect(submit()).rejects.toMatchObject({ code: 'denied' });
    const grant = await client('addGrant', { path: data });
    expect(await client('listGrants', {})).toEqual({ grants: [grant] });
    const first = await submit();
    expect((await untilEnded(connection, first.id)).state).toBe('succeeded');

    // A task file that was opened from there finds its inputs from where it is kept now.
    const opened = text.replace(join(data, 'red.tif'), 'red.tif');
    const kept = await client('createTask', { name: 'opened', text: opened, relativeTo: grant.id });
    expect(kept.text).toBe(text);
    const fileGrant = await client('addGrant', { path: join(data, 'red.tif') });
    for (const relativeTo of ['none', fileGrant.id])
      await expect(client('createTask', { name: 'x', text, relativeTo })).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      client('createTask', { name: 'x', text, relativeTo: grant.id, from: kept.entry.id }),
    ).rejects.toMatchObject({ code: 'bad_data' });
    await client('revokeGrant', { grantId: fileGrant.id });

    // The grant outlives the engine.
    await endProcess(connection.health.pid);
    const next = await connect(root);
    const again = await next.client('submitJob', { text, from: `runs/${first.id}`, backend: 'process' });
    expect((await untilEnded(next, again.id)).state).toBe('succeeded');
    expect(await next.client('revokeGrant', { grantId: grant.id })).toEqual({ grants: [] });
    for (const from of [undefined, `runs/${first.id}`])
      await expect(
        next.client('submitJob', { text, backend: 'process', ...(from !== undefined && { from }) }),
      ).rejects.toMatchObject({ code: 'denied' });
    // The shipped examples are always there to read, from any task.
    const example = summaryTask([join(findExamples({}) ?? '', 'data/red.tif')]);
    const third = await next.client('submitJob', { text: example, backend: 'process' });
    expect((await untilEnded(next, third.id)).state).toBe('succeeded');
    rmSync(data, { recursive: true });
  });
});
