import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IsolationProbe } from '../../../src-shared/isolation.ts';
import { readText } from './read-text.ts';

/** A next hop on the same wire answers within milliseconds. */
const answerMs = 500;
const pollMs = 20;
/** Discard (RFC 863): nobody listens there, and nobody needs to. */
const port = 9;
const complete = 0x2;

/**
 * Older container engines give a network that leads nowhere a default route too, by an address that nobody has. Where HTTP goes
 * through a proxy and the system still lists a route, this asks the wire whether its next hop is there at all: one datagram
 * makes the kernel look for it (ARP).
 */
export async function withoutDeadRoute(probe: IsolationProbe): Promise<IsolationProbe> {
  if (probe.hasRoute !== true || !probe.proxied) return probe;
  const hops = defaultHops(readText('/proc/net/route'), readText('/proc/net/ipv6_route'));
  if (hops === null) return probe;
  const answers = await Promise.all(hops.map(hopAnswers));
  return answers.every((answer) => answer === false) ? { ...probe, hasRoute: false } : probe;
}

/** Next hops of default routes (IPv4); null when there is another kind of way out, which cannot be asked like this. */
export function defaultHops(v4: string | null, v6: string | null): string[] | null {
  const rows = (text: string | null) => (text ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  const sixth = rows(v6).filter(
    ([to = '', length, , , , , , , , device]) => /^0{32}$/.test(to) && length === '00' && device !== 'lo',
  );
  const hops = rows(v4).flatMap(([, to, hop, , , , , mask]) =>
    to === '00000000' && mask === '00000000' && hop !== undefined ? [hop] : [],
  );
  if (sixth.length > 0 || hops.length === 0 || hops.some((hop) => hop === '00000000')) return null;
  // The kernel prints addresses as numbers of this machine's byte order, which is little-endian wherever Node runs.
  return hops.map((hop) => Buffer.from(hop, 'hex').reverse().join('.'));
}

/** Whether a next hop answers on the wire; null when that cannot be seen. */
async function hopAnswers(hop: string): Promise<boolean | null> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  try {
    socket.send(Buffer.of(0), port, hop, () => undefined);
    for (const end = performance.now() + answerMs; performance.now() < end; await sleep(pollMs)) {
      const table = readText('/proc/net/arp');
      if (table === null) return null;
      if (isKnown(table, hop)) return true;
    }
    return false;
  } finally {
    socket.close();
  }
}

/** Whether the kernel's table of neighbours has a complete entry for an address. */
export function isKnown(table: string, address: string): boolean {
  return table.split('\n').some((line) => {
    const [ip, , flags] = line.trim().split(/\s+/);
    return ip === address && (Number(flags) & complete) !== 0;
  });
}
