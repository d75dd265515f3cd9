import { describe, expect, it } from 'vitest';
import { fixedIndexes } from '../../../src-worker/analyses/zarr-reduce/zarr-reduce-fixed.ts';
import type { Axis } from '../../../src-worker/zarr/axes.ts';
import { runTask } from '../../helpers/run-task.ts';
import { steps, zarrTask } from './support.ts';
import type { TinyStore } from './tiny-store.ts';
import { tiny, tinyStore } from './tiny-store.ts';

/** Which index is chosen of values along a dimension, and how it is told. */
function choose(values: readonly number[], wanted: number, isSingle = false): [number | undefined, string | undefined] {
  const axis: Axis = {
    name: 'init',
    role: 'other',
    index: 0,
    size: values.length,
    values: isSingle ? new Float64Array(Float32Array.from(values)) : Float64Array.from(values),
    attributes: {},
    isSingle,
    isGeographic: false,
  };
  const { fixed, chosen } = fixedIndexes([axis], { init: wanted }, { path: 'tas' });
  return [fixed.get(0), chosen[0]];
}

describe('a value along another dimension', () => {
  it('is the nearest one, told in full', () => {
    const dates = [20200101, 20200102, 20200103];
    expect(dates.map((date) => choose(dates, date))).toEqual([
      [0, 'init 20200101'],
      [1, 'init 20200102'],
      [2, 'init 20200103'],
    ]);
    expect(choose([0.1, 0.2, 0.30000000000000004], 0.3)).toEqual([2, 'init 0.30000000000000004']);
    expect(choose([NaN, 849.9999, 850.0001], 850.00009)).toEqual([2, 'init 850.0001']);
  });

  it('may be rounded as float32 rounds it', () => {
    expect(choose([0.1, 0.2, 0.7], 0.2, true)).toEqual([1, 'init 0.2']);
    expect(choose([20200101, 20200105], 20200105, true)[0]).toBe(1);
    expect(choose([0.3333333, 0.6666667], 1 / 3)[0]).toBe(0);
  });

  it.each([
    [[20200101, 20200102, 20200103], 20200104],
    [[20200103], 20200104],
    [[1e6 + 0.5, 1e6 + 1.5], 1e6 + 1],
    [[850, 500], 849],
    [[NaN], 1],
  ])('of %j is not %d', (values, wanted) => {
    expect(() => choose(values, wanted)).toThrow(`has no value ${wanted} along init: ${values.join(', ')}.`);
  });

  it('is a position where the coordinate holds texts', async () => {
    const store: TinyStore = {
      tas: {
        shape: [2, 3, 2, 4],
        dimensions: ['member', 'time', 'lat', 'lon'],
        values: Float64Array.from({ length: 48 }, (_, i) => (i < 24 ? 5 : 7)),
      },
      member: {
        shape: [2],
        dimensions: ['member'],
        metadata: { dtype: '<U9', fill_value: '' },
        bytes: new Uint8Array(72),
      },
    };
    const run = (index: number) =>
      runTask(zarrTask(tinyStore(store), `variable: tas, period: all, select: {member: ${index}}`));
    expect(steps(await run(0))[0]).toMatchObject({ max: '5', min: '5' });
    expect(steps(await run(1))[0]).toMatchObject({ max: '7', min: '7' });
    await expect(run(2)).rejects.toThrow(/positions 0 to 1/);
  });

  it('must be numbers where it is time', async () => {
    const store: TinyStore = { time: { ...tiny.time, metadata: { dtype: '<M8[ns]' }, attributes: {} } };
    await expect(runTask(zarrTask(tinyStore(store), 'variable: tas'))).rejects.toThrow(/time .*<M8\[ns\].*no numbers/);
  });
});
