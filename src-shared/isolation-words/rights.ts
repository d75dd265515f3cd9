import type { Comparison } from './comparison.ts';
import type { IsolationAsked, IsolationProbe } from '../isolation.ts';

export function userWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const uid = probe?.uid ?? null;
  return { asked: userWords(asked.uid), had: userWords(uid), asMuch: uid === null ? null : uid === asked.uid };
}

function userWords(uid: number | null): string | null {
  if (uid === null) return null;
  return uid === 0 ? 'user 0 (root)' : `user ${uid}`;
}

export function privilegesWall(asked: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const words = asked.unprivileged ? 'no capabilities, and no way to gain any' : null;
  if (probe?.capEff == null || probe.noNewPrivs === null) return { asked: words, had: null, asMuch: null };
  const has = capabilities(probe.capEff);
  const canGain = !probe.noNewPrivs;
  const gains = canGain ? 'could gain some by a program that grants them' : 'no way to gain any';
  const count = has === 0 ? 'no capabilities' : has === 1 ? '1 capability' : `${has} capabilities`;
  return { asked: words, had: `${count}, ${gains}`, asMuch: has === 0 && !canGain };
}

/** How many capabilities a mask as the kernel prints it (hexadecimal) names. */
function capabilities(mask: string): number {
  return BigInt(`0x${mask}`).toString(2).match(/1/g)?.length ?? 0;
}

export function systemCallsWall({ systemCalls }: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const asked = {
    all: null,
    default_filter: 'the container engine’s filter',
    no_new_processes: 'a filter, and no new processes',
  }[systemCalls];
  if (probe?.seccomp == null) return { asked, had: null, asMuch: null };
  const filtered = probe.seccomp > 0;
  const { canStartProcesses } = probe;
  const start = { true: ', new processes allowed', false: ', no new processes', null: '' }[`${canStartProcesses}`];
  const had = (filtered ? 'a filter' : 'no filter') + start;
  if (systemCalls === 'no_new_processes')
    return { asked, had, asMuch: filtered ? (canStartProcesses === null ? null : !canStartProcesses) : false };
  return { asked, had, asMuch: filtered };
}
