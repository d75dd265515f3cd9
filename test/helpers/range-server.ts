import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, pathOf, send } from '../../scripts/stac-server/listen.ts';
import type { Answer } from '../../scripts/stac-server/range-answer.ts';
import { rangeAnswer, textAnswer } from '../../scripts/stac-server/range-answer.ts';

/** The first folder of a request's path chooses how the server misbehaves; any other path is served correctly. */
const faults = [
  'no-range',
  'missing',
  'unauthorised',
  'forbidden',
  'teapot',
  'busy-once',
  'busy',
  'busy-long',
  'drop-once',
  'drop',
  'wrong-range',
  'short-range',
  'changed-etag',
  'changed-size',
  'empty',
  'stall',
] as const;
export type Fault = (typeof faults)[number];

export interface RangeRequest {
  readonly path: string;
  readonly range: string | undefined;
  /** Body bytes that the server wrote. */
  bytes: number;
}

export interface RangeServer {
  /** Such as http://127.0.0.1:40000, without a trailing slash: `${url}/a.tif`, or `${url}/stall/a.tif` with a fault. */
  readonly url: string;
  readonly requests: RangeRequest[];
  close(): Promise<void>;
}

/**
 * Serves the files under `rootDir` with Range support on a free port of 127.0.0.1, or of another address of this machine.
 * `latencyMs` delays every answer.
 */
export async function startRangeServer(
  rootDir: string,
  opts: { latencyMs?: number; host?: string } = {},
): Promise<RangeServer> {
  const requests: RangeRequest[] = [];
  const seen = new Map<string, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request);
    const record: RangeRequest = { path, range: request.headers.range, bytes: 0 };
    requests.push(record);
    const nth = (seen.get(path) ?? 0) + 1;
    seen.set(path, nth);
    await sleep(opts.latencyMs ?? 0);
    await serve(rootDir, path, nth, request, response, record);
  };
  return { ...(await listen(0, answer, opts.host)), requests };
}

async function serve(
  rootDir: string,
  path: string,
  nth: number,
  request: IncomingMessage,
  response: ServerResponse,
  record: RangeRequest,
): Promise<void> {
  const [, first = '', ...rest] = path.split('/');
  const fault = faults.find((one) => one === first) ?? null;
  if (fault === 'stall') return;
  const refusal = fault === null ? null : refusalOf(fault, nth);
  if (refusal !== null) {
    send(response, refusal);
    return;
  }
  const { range, 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  const file = join(rootDir, normalize(`/${fault === null ? path : rest.join('/')}`));
  const answer = await rangeAnswer(file, {
    range: fault === 'no-range' ? undefined : range,
    ifMatch: fault === 'changed-etag' ? undefined : ifMatch,
    ifNoneMatch,
  });
  const sent = fault === null ? answer : tampered(answer, fault, nth);
  if (fault === 'drop' || (fault === 'drop-once' && nth === 1)) {
    record.bytes = sent.body.length >> 1;
    response.writeHead(sent.status, { ...sent.headers, 'content-length': sent.body.length });
    response.write(sent.body.subarray(0, record.bytes), () => response.destroy());
    return;
  }
  record.bytes = sent.body.length;
  send(response, sent);
}

/** What the server says instead of the file. */
function refusalOf(fault: Fault, nth: number): Answer | null {
  switch (fault) {
    case 'missing':
      return textAnswer(404, 'no such file');
    case 'unauthorised':
      return textAnswer(401, 'who are you');
    case 'forbidden':
      return textAnswer(403, 'no');
    case 'teapot':
      return textAnswer(418, 'short and stout');
    case 'empty':
      return textAnswer(416, '');
    case 'busy-once':
      return nth === 1 ? busy('0') : null;
    case 'busy':
      return busy('0');
    case 'busy-long':
      return busy('3600');
    default:
      return null;
  }
}

function busy(after: string): Answer {
  return { ...textAnswer(503, 'busy'), headers: { 'retry-after': after } };
}

/** The file's answer with something wrong in it. */
function tampered(answer: Answer, fault: Fault, nth: number): Answer {
  const match = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.headers['content-range'] ?? '');
  if (match === null) return answer;
  const [start, end, size] = match.slice(1).map(Number) as [number, number, number];
  const ranged = (from: number, to: number, of: number, body = answer.body): Answer => ({
    ...answer,
    headers: { ...answer.headers, 'content-range': `bytes ${from}-${to}/${of}` },
    body,
  });
  switch (fault) {
    case 'wrong-range':
      return ranged(start + 7, end + 7, size + 7);
    case 'short-range':
      return ranged(start, end - 1, size, answer.body.subarray(0, -1));
    case 'changed-size':
      return nth > 1 ? ranged(start, end, size + 1) : answer;
    case 'changed-etag':
      return nth > 1 ? { ...answer, headers: { ...answer.headers, etag: '"second"' } } : answer;
    default:
      return answer;
  }
}
