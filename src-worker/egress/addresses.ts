import { BlockList, isIPv6 } from 'node:net';

/** Addresses that are not of the public internet (IANA special-purpose registries), and those of cloud metadata services. */
const notPublic = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Azure's and Alibaba's metadata and platform services have addresses that look public.
  ['168.63.129.16', 32],
] as const)
  notPublic.addSubnet(net, bits, 'ipv4');

/** All of IPv6 that is given out as global unicast; everything else is local, reserved, multicast or a way around. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
for (const [net, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  // 6to4 holds an IPv4 address.
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  notPublic.addSubnet(net, bits, 'ipv6');

/** Whether an address (no name, no brackets) is of the public internet; an IPv4 address in IPv6 clothes is judged as IPv4. */
export function isPublicAddress(address: string): boolean {
  const [plain = ''] = address.split('%', 1);
  if (!isIPv6(plain)) return !notPublic.check(plain, 'ipv4');
  const mapped = mappedIpv4(plain);
  if (mapped !== null) return isPublicAddress(mapped);
  return globalUnicast.check(plain, 'ipv6') && !notPublic.check(plain, 'ipv6');
}

/** The IPv4 address in `::ffff:a.b.c.d` (IPv4-mapped) and `64:ff9b::a.b.c.d` (NAT64, how IPv6-only networks reach IPv4). */
function mappedIpv4(address: string): string | null {
  // The URL parser writes every IPv6 address in its one short form, IPv4 tails as two groups.
  const short = URL.parse(`http://[${address}]/`)?.hostname ?? '';
  const groups = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(short);
  if (groups === null) return null;
  const [high, low] = [Number.parseInt(groups[1] ?? '', 16), Number.parseInt(groups[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
