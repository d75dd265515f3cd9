import { describe, expect, it } from 'vitest';
import { layOutLongitudes, shortest, spacing } from '../../../src-worker/zarr/regular-axis.ts';
import { runTask } from '../../helpers/run-task.ts';
import { zarrTask } from './support.ts';
import { tiny, tinyStore } from './tiny-store.ts';

/** Gaussian latitudes, from the south: the roots of the Legendre polynomial of that degree, by Newton's method. */
function gaussian(count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    for (let round = 0; round < 20; round += 1) {
      let [before, value] = [1, x];
      for (let n = 2; n <= count; n += 1) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      x -= (value * (x * x - 1)) / (count * (x * value - before));
    }
    return (Math.asin(x) * 180) / Math.PI;
  });
}

const regular = (count: number, first: number, step: number) =>
  Array.from({ length: count }, (_, i) => first + i * step);
const single = (values: readonly number[]) => values.map(Math.fround);
const decimals = (values: readonly number[]) => single(values).map(shortest);

describe('an evenly spaced axis', () => {
  it('has roots of the Legendre polynomial as Gaussian latitudes', () => {
    // The table of the ECMWF for N32 gives 87.8638, 85.0965 and 82.3129.
    expect(
      gaussian(64)
        .slice(-3)
        .map((one) => one.toFixed(4)),
    ).toEqual(['82.3129', '85.0965', '87.8638']);
  });

  it.each([32, 64, 94, 128, 160, 192, 256, 320, 512, 640])('is not that of %d Gaussian latitudes', (count) => {
    const latitudes = gaussian(count);
    expect(spacing(latitudes)).toBeNull();
    expect(spacing(latitudes.toReversed())).toBeNull();
    expect(spacing(single(latitudes), true)).toBeNull();
    expect(spacing(decimals(latitudes), true)).toBeNull();
  });

  it.each([
    ['quarters of a degree', 721, -90, 0.25],
    ['ERA5-Land', 3600, 0, 0.1],
    ['CAMS', 900, -89.9, 0.2],
    ['a twelfth of a degree', 4320, -180, 1 / 12],
    ['thirty arc seconds', 43_200, -180 + 1 / 240, 1 / 120],
    ['three arc seconds far in the east', 12_000, 340, 1 / 1200],
  ])('may have been float32: %s', (_what, count, first, step) => {
    const values = regular(count, first, step);
    for (const one of [values, single(values), decimals(values)]) expect(spacing(one, true)).toBeCloseTo(step, 6);
    expect(spacing(values)).toBeCloseTo(step, 12);
  });

  it('may have been cut off after four decimals', () => {
    expect(spacing(regular(4320, -180, 1 / 12).map((value) => Number(value.toFixed(4))))).toBeCloseTo(1 / 12, 6);
  });

  it('may be long', () => {
    const step = 360 / 300_000;
    const laid = layOutLongitudes(regular(300_000, step / 2, step), step, null);
    expect(laid?.source.length).toBe(300_000);
    expect(laid?.first).toBeCloseTo(-180 + step / 2, 9);
  });
});

describe('zarr_reduce', () => {
  it('refuses Gaussian latitudes, also those of float32', async () => {
    const latitudes = gaussian(64);
    const store = (bytes: Uint8Array, dtype: string) =>
      tinyStore({
        tas: { ...tiny.tas, shape: [3, 64, 4], values: new Float64Array(3 * 64 * 4) },
        lat: { ...tiny.lat, shape: [64], metadata: { dtype }, bytes },
      });
    for (const folder of [
      store(new Uint8Array(Float64Array.from(latitudes).buffer), '<f8'),
      store(new Uint8Array(Float32Array.from(latitudes).buffer), '<f4'),
    ])
      await expect(runTask(zarrTask(folder, 'variable: tas'))).rejects.toMatchObject({
        code: 'bad_data',
        message: expect.stringMatching(/lat of tas are not evenly spaced/) as string,
      });
  });
});
