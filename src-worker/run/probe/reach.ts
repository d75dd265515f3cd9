import { networkInterfaces } from 'node:os';
import { readText } from './read-text.ts';

/** Interfaces other than loopback that have an address, by name; null where they cannot be listed. */
export function outerInterfaces(): string[] | null {
  try {
    return Object.entries(networkInterfaces())
      .filter(([, addresses]) => addresses?.some(({ internal }) => !internal))
      .map(([name]) => name)
      .sort();
  } catch {
    return null;
  }
}

const routeUp = 0x1;
const routeReject = 0x200;

/** Whether there is a default route, by which addresses outside can be tried; null where routes cannot be read. */
export function hasDefaultRoute(
  v4 = readText('/proc/net/route'),
  v6 = readText('/proc/net/ipv6_route'),
): boolean | null {
  if (v4 === null && v6 === null) return null;
  const usable = (flags: string | undefined) => {
    const bits = Number.parseInt(flags ?? '0', 16);
    return (bits & routeUp) !== 0 && (bits & routeReject) === 0;
  };
  const fields = (text: string | null) => (text ?? '').split('\n').map((line) => line.trim().split(/\s+/));
  return (
    fields(v4).some(([, to, , flags, , , , mask]) => to === '00000000' && mask === '00000000' && usable(flags)) ||
    fields(v6).some(
      ([to = '', length, , , , , , , flags, device]) =>
        /^0{32}$/.test(to) && length === '00' && device !== 'lo' && usable(flags),
    )
  );
}

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'];

export function isProxied(env: NodeJS.ProcessEnv): boolean {
  return proxyNames.some((name) => (env[name] ?? '') !== '');
}
