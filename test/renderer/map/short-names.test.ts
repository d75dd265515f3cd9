import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortNames } from '../../../src-renderer/map/panel/short-names.ts';

describe('names of layers', () => {
  it('of many scenes keep what tells them apart', () => {
    expect(
      shortNames(['SYNTHETIC_S2A_13TDE_20230606_0_L2A_ndvi.tif', 'SYNTHETIC_S2B_13TDE_20230616_0_L2A_ndvi.tif']),
    ).toEqual(['…S2A_13TDE_20230606…', '…S2B_13TDE_20230616…']);
  });

  it('are whole where they are short, alone or alike', () => {
    expect(shortNames(['red.tif', 'nir.tif'])).toEqual(['red.tif', 'nir.tif']);
    expect(shortNames(['median_bands_of_a_summer.tif'])).toEqual(['median_bands_of_a_summer.tif']);
    expect(shortNames(['the_same_long_name_twice.tif', 'the_same_long_name_twice.tif'])).toHaveLength(2);
  });

  it('stay apart, and none is empty', () => {
    const name = fc
      .array(fc.constantFrom('S2A', '_', '-', '.', '2023', 'a', 'tif'), { minLength: 1, maxLength: 14 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), (names) => {
        const short = shortNames(names);
        expect(new Set(short).size).toBe(names.length);
        expect(short.every((one) => one.replaceAll('…', '') !== '')).toBe(true);
      }),
    );
  });
});
