import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import type { DoctorCheck } from '../../../src-shared/api/doctor.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import { transectVersion } from '../../../src-shared/version.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { decimalBytes } from './words.ts';

/** Room under which a workspace is soon full, bytes: a few ordinary runs. */
const littleRoom = 5_000_000_000;

export interface EngineFacts {
  readonly workerVersion: string;
  /** Local jobs that may run at once. */
  readonly maxRunning: number;
}

/** The engine that answers, and what it runs on. */
export function engineCheck({ workerVersion }: EngineFacts): DoctorCheck {
  return {
    id: 'engine',
    title: 'Engine',
    level: 'ok',
    found: `Engine ${transectVersion} answers, on Node ${process.versions.node}.`,
    remedy: null,
    facts: [
      { label: 'Worker', value: workerVersion },
      { label: 'System', value: `${process.platform} ${process.arch}` },
      { label: 'Process', value: String(process.pid) },
    ],
  };
}

/** Whether the workspace can be written to, and how much room its disk has. */
export async function workspaceCheck(root: DataRoot): Promise<DoctorCheck> {
  const head = { id: 'workspace', title: 'Workspace' };
  const folder = { label: 'Folder', value: root.path };
  try {
    await access(root.jobs, constants.W_OK);
    const { bavail, blocks, bsize } = await statfs(root.path);
    const [free, total] = [bavail * bsize, blocks * bsize];
    const isLow = free < littleRoom;
    return {
      ...head,
      level: isLow ? 'limited' : 'ok',
      found: `The disk has ${decimalBytes(free)} free of ${decimalBytes(total)}.`,
      remedy: isLow ? 'Free some space, or move the workspace to a larger disk: runs end when the disk is full.' : null,
      facts: [folder],
    };
  } catch (cause) {
    const { message, remedy = 'Make the folder writable, or choose another with --data-root.' } = toAppError(cause);
    return { ...head, level: 'missing', found: `The workspace cannot be used. ${message}`, remedy, facts: [folder] };
  }
}

/** Memory of this machine, and what a container that holds the engine itself leaves of it. */
export function memoryCheck(): DoctorCheck {
  const total = totalmem();
  const allowed = process.constrainedMemory();
  const isHeld = allowed > 0 && allowed < total;
  return {
    id: 'memory',
    title: 'Memory',
    level: 'ok',
    found: isHeld
      ? `${decimalBytes(allowed)} may be used of the ${decimalBytes(total)} of this machine.`
      : `This machine has ${decimalBytes(total)}, of which ${decimalBytes(freemem())} are free.`,
    remedy: null,
    facts: [],
  };
}

export function processorCheck({ maxRunning }: EngineFacts): DoctorCheck {
  const usable = availableParallelism();
  const model = cpus()[0]?.model.trim() ?? '';
  return {
    id: 'processors',
    title: 'Processors',
    level: 'ok',
    found: `${usable} ${usable === 1 ? 'processor' : 'processors'} can be used; up to ${maxRunning} local ${maxRunning === 1 ? 'job runs' : 'jobs run'} at once.`,
    remedy: null,
    facts: [
      ...(model === '' ? [] : [{ label: 'Model', value: model }]),
      { label: 'Architecture', value: process.arch },
    ],
  };
}
