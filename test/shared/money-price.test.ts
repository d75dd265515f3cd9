import { describe, expect, it } from 'vitest';
import { Candidate } from '../../src-shared/money/price.ts';

const rate = { kind: 'compute', label: 'm', per: 'node_hour', amount: 1 };
const machines = {
  ...{ id: 'm', label: '1 × m', provider: 'cloud', region: 'r', instance: 'm', cpus: 2, memoryGb: 8, gpus: null },
  ...{
    nodes: 1,
    spot: false,
    currency: 'USD',
    rates: [rate],
    unknowns: [],
    end: 'cancel',
    endWords: '',
    unavailable: null,
  },
};

describe('machines with their prices', () => {
  it('are as they were said, with what is usual where nothing is', () => {
    const usual = { gb: 0, stepSec: 1, minimumSec: 0, whenStopped: false };
    expect(Candidate.parse(machines)).toEqual({ ...machines, rates: [{ ...rate, ...usual }] });
    const unknown = { ...machines, rates: [{ ...rate, amount: null }], unknowns: ['egress'], unavailable: 'sold out' };
    expect(Candidate.safeParse(unknown).success).toBe(true);
  });

  it.each<[string, Record<string, unknown>]>([
    ['no node', { nodes: 0 }],
    ['less than a node', { nodes: -1 }],
    ['a part of a node', { nodes: 0.5 }],
    ['no id', { id: '' }],
    ['no currency', { currency: '' }],
    ['a currency in small letters', { currency: 'usd' }],
    ['a longer currency', { currency: 'USDX' }],
    ['a currency within something', { currency: 'AUSD' }],
    ['no rates', { rates: undefined }],
    ['no unknowns', { unknowns: undefined }],
    ['an end that is none', { end: 'leave' }],
    ['something more', { discount: 0.5 }],
  ])('with %s are none', (_, more) => {
    expect(Candidate.safeParse({ ...machines, ...more }).success).toBe(false);
  });

  it.each<[string, Record<string, unknown>]>([
    ['below nothing', { amount: -1e-9 }],
    ['that is left out', { amount: undefined }],
    ['that is no number', { amount: NaN }],
    ['without end', { amount: Infinity }],
    ['for less than nothing', { per: 'gb', gb: -1 }],
    ['in steps of nothing', { stepSec: 0 }],
    ['in steps back', { stepSec: -60 }],
    ['in parts of seconds', { stepSec: 0.5 }],
    ['for a time below nothing', { minimumSec: -1 }],
    ['per something else', { per: 'second' }],
    ['less something', { rebate: 1 }],
  ])('have no price %s', (_, more) => {
    expect(Candidate.safeParse({ ...machines, rates: [{ ...rate, ...more }] }).success).toBe(false);
  });
});
