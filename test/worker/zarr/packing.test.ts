import { describe, expect, it } from 'vitest';
import { packingOf } from '../../../src-worker/zarr/packing.ts';

const of = (attributes: Readonly<Record<string, unknown>>) =>
  packingOf({ attributes, fill: 0, format: 3, dtype: 'int16' }, 'tas');

describe('scale_factor and add_offset', () => {
  it.each([
    [{ scale_factor: 0.1, add_offset: 273.15 }],
    [{ scale_factor: [0.1], add_offset: [273.15] }],
    [{ scale_factor: '0.1', add_offset: ['273.15'] }],
  ])('of %j are those numbers', (attributes) => {
    const { scale, offset, unpack } = of(attributes);
    expect([scale, offset, unpack(100)]).toEqual([0.1, 273.15, 100 * 0.1 + 273.15]);
  });

  it('are one and zero where they are not there', () => {
    expect(of({ scale_factor: null })).toMatchObject({ scale: 1, offset: 0 });
  });

  it.each([[[0.1, 0.2]], [[]], ['small'], [''], [true], [{}], ['NaN'], [[null]]])('of %j are refused', (value) => {
    for (const name of ['scale_factor', 'add_offset'])
      expect(() => of({ [name]: value })).toThrow(
        expect.objectContaining({
          code: 'bad_data',
          message: expect.stringContaining(`${name} of the array tas`) as string,
        }),
      );
  });
});
