import { AppError } from '../../src-shared/errors.ts';
import type { ServiceEnding, ServiceOrder } from '../../src-shared/service-protocol.ts';
import { serviceLog } from '../../src-shared/service-protocol.ts';
import type { KeyValueRow } from '../render/report.ts';
import type { Outcome, RunFacts } from '../run/messages.ts';
import type { Collected } from './collect.ts';

const mebibyte = 1_048_576;
/** Left-out files that are named one by one. */
const namedLeftOut = 20;

/** What is known of a service's run whatever its end: warnings for its documents. Pure. */
export function serviceFacts(order: ServiceOrder | null, collected: Collected | null): RunFacts {
  const leftOut = collected?.leftOut ?? [];
  const more = leftOut.length - namedLeftOut;
  return {
    readBytes: 0,
    requests: 0,
    pixels: 0,
    sources: [],
    planned: null,
    warnings: [
      ...(order !== null && !order.pinned
        ? [
            `The image ${order.image} was not pinned: its name may stand for something else tomorrow. This run took ${order.digest}.`,
          ]
        : []),
      ...leftOut.slice(0, namedLeftOut).map((name) => `Left out of the outputs: ${name}.`),
      ...(more > 0 ? [`${more} further files were left out.`] : []),
    ],
  };
}

/** The outcome of a service that ended well. Its outputs are what it says they are; nothing here checked them. Pure. */
export function serviceOutcome(
  order: ServiceOrder,
  collected: Collected,
  lines: number,
  last: readonly string[],
): Outcome {
  const what = order.name === null ? `The image ${order.image}` : `The service ${order.name}`;
  const made = `Made by the container image ${order.image} (${order.digest}); Transect ran it and did not check what it computed.`;
  const withheld = `${collected.withheld} of its files were withheld, since they held a secret.`;
  const isEmpty = collected.files === 0;
  return {
    validity: [
      ...(collected.withheld > 0 ? ['partial' as const] : []),
      ...(isEmpty ? ['empty' as const] : collected.withheld > 0 ? [] : ['computed' as const]),
    ],
    validityLine: [
      isEmpty ? 'It left no file in /outputs: there is no result.' : made,
      ...(collected.withheld > 0 ? [withheld] : []),
    ].join(' '),
    summary: `${what} ended with exit code 0 and left ${collected.files} files (${collected.bytes} bytes).`,
    marks: [],
    sections: [
      { kind: 'keyvalue', title: 'The service', rows: orderRows(order, lines) },
      ...(last.length === 0
        ? []
        : [{ kind: 'text' as const, title: `The last lines of ${serviceLog}`, paragraphs: [], code: last.join('\n') }]),
    ],
    metadata: { service: orderFacts(order, lines) },
    extent: { bbox: null, start: null, end: null },
    derivedFrom: [],
    maps: [],
  };
}

function orderRows(order: ServiceOrder, lines: number): KeyValueRow[] {
  return [
    ...(order.name === null ? [] : [{ label: 'Service', value: order.name }]),
    { label: 'Image', value: order.image, code: true },
    { label: 'Digest', value: order.digest, code: true },
    { label: 'Pinned', value: order.pinned ? 'Yes' : 'No: whatever the name stood for when it ran' },
    ...order.argv.map((word, index) => ({
      label: index === 0 ? 'Program' : `Argument ${index}`,
      value: word,
      code: true,
    })),
    { label: 'Working folder', value: order.workdir, code: true },
    {
      label: 'Network',
      value: order.network === 'none' ? 'None' : 'Through a proxy that admits the hosts that the task names',
    },
    { label: 'Memory', value: Math.floor(order.memoryBytes / mebibyte), unit: 'MiB' },
    { label: 'CPUs', value: order.cpus },
    { label: 'Lines of output', value: lines },
  ];
}

function orderFacts(order: ServiceOrder, lines: number) {
  const { name, image, digest, pinned, argv, workdir, network, memoryBytes, cpus } = order;
  return {
    name,
    image,
    digest,
    pinned,
    argv: [...argv],
    workdir,
    network,
    memory_bytes: memoryBytes,
    cpus,
    output_lines: lines,
  };
}

/** What it means that a service ended like this, when nobody asked it to; null when it ended well. Pure. */
export function serviceFailure(
  order: ServiceOrder,
  { exitCode, outOfMemory, error }: ServiceEnding,
  said: string | undefined,
): AppError | null {
  const details = { service: order.name, image: order.image, digest: order.digest, exitCode };
  if (error !== null) {
    const given = AppError.fromData(error);
    return new AppError(given.code, given.message, {
      remedy: given.remedy,
      retryable: given.retryable,
      details: { ...given.details, ...details },
    });
  }
  if (outOfMemory)
    return new AppError(
      'over_limit',
      `The service was killed because it reached its memory limit of ${Math.floor(order.memoryBytes / mebibyte)} MiB.`,
      { remedy: 'Raise resources.memory_gb in the task, or make the case smaller.', details },
    );
  if (exitCode === 0) return null;
  const seeLog = `See the end of ${serviceLog}.`;
  const lastWords = said === undefined ? '' : ` It last said: ${said}`;
  if (exitCode === null)
    return new AppError('job_failed', `Nobody knows how the service ended.${lastWords}`, { remedy: seeLog, details });
  // As shells and inits tell it.
  if (exitCode === 126 || exitCode === 127)
    return new AppError(
      'job_failed',
      `The image has no program ${JSON.stringify(order.argv[0])} that can be run.${lastWords}`,
      {
        remedy: 'Correct the first word of analysis.argv, or choose another image.',
        details,
      },
    );
  const signal = exitCode > 128 && exitCode < 160 ? ` (killed by signal ${exitCode - 128})` : '';
  return new AppError('job_failed', `The service ended with exit code ${exitCode}${signal}.${lastWords}`, {
    remedy: seeLog,
    details,
  });
}
