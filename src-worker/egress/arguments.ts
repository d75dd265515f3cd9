import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { AppError } from '../../src-shared/errors.ts';
import { EgressPolicy } from '../../src-shared/egress.ts';

export interface EgressArguments {
  readonly policy: EgressPolicy;
  readonly where: { readonly host: string; readonly port: number } | { readonly path: string };
  /** File to which events are appended; null: standard output. */
  readonly events: string | null;
  /** The run's status.json: the proxy ends when this is final. */
  readonly status: string | null;
}

const usage = 'worker --egress POLICY.json (--listen HOST:PORT | --socket PATH) [--events FILE] [--status FILE]';

/** Reads the command line of the proxy and its policy. @throws AppError `invalid_task` with the usage */
export function readEgressArguments(argv: readonly string[]): EgressArguments {
  const text = { type: 'string' } as const;
  // Named so that a launcher can find its processes by their command lines.
  const options = { egress: text, listen: text, socket: text, events: text, status: text, 'egress-of': text };
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    if ((values.listen === undefined) === (values.socket === undefined))
      throw new TypeError('give either --listen or --socket');
    return {
      policy: EgressPolicy.parse(JSON.parse(readFileSync(values.egress ?? '', 'utf8'))),
      where: values.socket === undefined ? hostAndPort(values.listen ?? '') : { path: values.socket },
      events: values.events ?? null,
      status: values.status ?? null,
    };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('invalid_task', `The proxy can't start: ${message}`, { remedy: `Usage: ${usage}`, cause });
  }
}

function hostAndPort(text: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^\[?([^\]]*)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (isIP(host) === 0 || Number(port) > 65_535) throw new TypeError(`--listen ${text} is no ADDRESS:PORT`);
  return { host, port: Number(port) };
}
