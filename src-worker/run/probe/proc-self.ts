import { readText } from './read-text.ts';

/** What the kernel says of this process in /proc/self/status; null where it says nothing. */
export interface ProcStatus {
  /** Hexadecimal, as printed. */
  readonly capEff: string | null;
  readonly capBnd: string | null;
  readonly noNewPrivs: boolean | null;
  /** 0 none, 1 strict, 2 filter. */
  readonly seccomp: number | null;
}

export function procStatus(text: string | null): ProcStatus {
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)$`, 'm').exec(text ?? '')?.[1] ?? null;
  const noNewPrivs = field('NoNewPrivs');
  const seccomp = field('Seccomp');
  return {
    capEff: field('CapEff'),
    capBnd: field('CapBnd'),
    noNewPrivs: noNewPrivs === null ? null : noNewPrivs === '1',
    seccomp: seccomp === null ? null : Number(seccomp),
  };
}

/** The soft limit of this name in /proc/self/limits, in its own unit; null for none. */
export function softLimit(text: string | null, name: string): number | null {
  const value = new RegExp(`^${name}\\s+(\\d+)\\s`, 'm').exec(text ?? '')?.[1];
  return value === undefined ? null : limitOf(value);
}

/** A limit as the kernel prints it. What no machine has, such as cgroup v1's largest number, is none. */
export function limitOf(text: string): number | null {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}

export function ownStatus(): ProcStatus {
  return procStatus(readText('/proc/self/status'));
}
