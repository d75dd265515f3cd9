import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unzstd } from '../../../src-renderer/map/reader/unzstd.ts';

const packed = (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes));

test('gives back what Node packed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 1, max: 50 }), (piece, times) => {
      const bytes = Buffer.concat(Array.from({ length: times }, () => piece));
      expect(Buffer.from(unzstd(packed(bytes), bytes.length)).equals(bytes)).toBe(true);
    }),
  );
});

test('refuses more than the block holds, what is cut off, and what is no zstd', () => {
  const bytes = randomBytes(100_000);
  expect(() => unzstd(packed(bytes), bytes.length - 1)).toThrow('larger than the block');
  expect(() => unzstd(packed(new Uint8Array(50_000_000)), 1_000)).toThrow('larger than the block');
  expect(() => unzstd(packed(bytes).slice(0, 50_000), bytes.length)).toThrow();
  expect(() => unzstd(new Uint8Array(randomBytes(64)), 1_000)).toThrow();
});
