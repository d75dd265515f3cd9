import { describe, expect, it } from 'vitest';
import { defaultHops, isKnown } from '../../src-worker/run/probe/gateway.ts';

const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n';
const byHop = 'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\n';
const inner = 'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n';

describe('the next hop of a default route', () => {
  it('is read from the kernel’s table', () => {
    expect(defaultHops(head + byHop + inner, '')).toEqual(['172.17.0.1']);
  });

  it('is not asked where there is another way out, or none', () => {
    const direct = 'tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\n';
    expect(defaultHops(head + byHop + direct, '')).toBeNull();
    expect(defaultHops(head + inner, '')).toBeNull();
    const zeros = '0'.repeat(32);
    const sixth = `${zeros} 00 ${zeros} 00 ${zeros.slice(1)}1 00000400 00000001 00000000 00000003     eth0\n`;
    expect(defaultHops(head + byHop, sixth)).toBeNull();
    expect(defaultHops(head + byHop, sixth.replace('eth0', 'lo'))).toEqual(['172.17.0.1']);
  });

  it('is there when the kernel knows its hardware address', () => {
    const table = `IP address       HW type     Flags       HW address            Mask     Device
172.17.0.1       0x1         0x0         00:00:00:00:00:00     *        eth0
172.17.0.2       0x1         0x2         02:42:ac:11:00:02     *        eth0\n`;
    expect(isKnown(table, '172.17.0.1')).toBe(false);
    expect(isKnown(table, '172.17.0.2')).toBe(true);
    expect(isKnown(table, '172.17.0.3')).toBe(false);
  });
});
