import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { renderQuicklook, renderRgbQuicklook, type QuicklookOptions } from '../../../src-worker/render/quicklook.ts';
import { rampNames, rampTable, type RampName } from '../../../src-worker/render/ramps.ts';
import { rasterPng, pictureSize } from '../../../src-worker/render/raster-image.ts';
import { stretchPercentiles } from '../../../src-worker/render/stretch.ts';

/** A 16 x 12 raster whose value grows with the column from 0 to 15; its last row has no data. */
function sample(change: Partial<QuicklookOptions> = {}): QuicklookOptions {
  const [width, height] = [16, 12];
  const data = Float64Array.from({ length: width * height }, (_, index) => index % width);
  const valid = Uint8Array.from(data, (_, index) => (index < width * (height - 1) ? 1 : 0));
  const legend = { label: 'value', unit: 'm' };
  return { data, valid, width, height, ramp: 'viridis', stretch: [0, 15], title: 'T', legend, ...change };
}

type Pixels = ReturnType<typeof decode>;

function pixel({ data, width, channels }: Pixels, x: number, y: number): number[] {
  const at = (y * width + x) * channels;
  return [...data.subarray(at, at + 3)];
}

/** Rows of the picture: those where its first column's colour stands at the left margin (24 units, 2 pixels each). */
function pictureTop(figure: Pixels, colour: readonly number[]): number {
  for (let y = 0; y < figure.height; y += 1) if (pixel(figure, 60, y).join() === colour.join()) return y;
  throw new Error('The picture was not found on the figure');
}

const low = [68, 1, 84];

describe('renderQuicklook', () => {
  it.each<RampName>(['viridis', 'brbg', 'greys'])('shows every value of known data in its colour: %s', async (ramp) => {
    const figure = decode(await renderQuicklook(sample({ ramp })));
    const table = rampTable(ramp);
    const { scale, columns, rows } = pictureSize(16, 12);
    expect([columns, rows]).toEqual([16 * scale, 12 * scale]);
    const top = pictureTop(figure, [...table.subarray(0, 3)]);
    for (let column = 0; column < 16; column += 1) {
      const entry = Math.round((column / 15) * 255) * 3;
      const x = 48 + Math.floor((column + 0.5) * scale);
      expect(pixel(figure, x, top + Math.floor(5.5 * scale))).toEqual([...table.subarray(entry, entry + 3)]);
    }
  });

  it('shows no data as a neutral ground, never as a colour of the ramp', async () => {
    const figure = decode(await renderQuicklook(sample()));
    const { scale } = pictureSize(16, 12);
    const [red = 0, green = 0, blue = 0] = pixel(
      figure,
      48 + 3 * scale,
      pictureTop(figure, low) + Math.floor(11.5 * scale),
    );
    expect(Math.min(red, green, blue)).toBeGreaterThan(200);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(16);
  });

  it('gives the same bytes twice and in another process, whatever its time zone and language', async () => {
    const figure = await renderQuicklook(sample({ mark: 'MARK', caption: ['EPSG:32633'], metresPerPixel: 10 }));
    expect(
      Buffer.from(await renderQuicklook(sample({ mark: 'MARK', caption: ['EPSG:32633'], metresPerPixel: 10 }))).equals(
        figure,
      ),
    ).toBe(true);
    const script = new URL('./render-in-child.ts', import.meta.url).pathname;
    const env = { ...process.env, TZ: 'Pacific/Apia', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    const child = execFileSync(process.execPath, [script], { encoding: 'utf8', env });
    const { sampleHashes } = await import('./render-in-child.ts');
    expect(JSON.parse(child)).toEqual(await sampleHashes(hash));
  });

  it('prints the mark over the whole width', async () => {
    const bare = decode(await renderQuicklook(sample()));
    const marked = decode(await renderQuicklook(sample({ mark: 'SYNTHETIC FIXTURE DATA - NOT A MEASUREMENT' })));
    expect(marked.height).toBeGreaterThan(bare.height + 40);
    expect(pixel(marked, 100, 10)).toEqual([255, 201, 60]);
    expect(pixel(marked, marked.width - 100, 10)).toEqual([255, 201, 60]);
    const dark = Array.from({ length: marked.width }, (_, x) => pixel(marked, x, 36)).filter(([red = 255]) => red < 60);
    expect(dark.length).toBeGreaterThan(60);
    expect(pixel(bare, 100, 10)).toEqual([255, 255, 255]);
  });

  it('says that there are no valid pixels', async () => {
    const none = decode(await renderQuicklook(sample({ valid: new Uint8Array(192) })));
    const nan = decode(
      await renderQuicklook(sample({ data: new Float64Array(192).fill(NaN), valid: new Uint8Array(192) })),
    );
    expect(Buffer.from(none.data).equals(Buffer.from(nan.data))).toBe(true);
    const colours = new Set(Array.from({ length: none.height - 200 }, (_, y) => pixel(none, 360, y).join()));
    expect(colours.has(low.join())).toBe(false);
    expect(colours.size).toBeGreaterThan(2);
  });

  it.each([
    ['constant data', { data: new Float64Array(192).fill(3), stretch: [3, 3] }],
    ['one pixel', { data: [1], valid: new Uint8Array(1).fill(1), width: 1, height: 1 }],
    ['a strip', { data: new Float64Array(3000), valid: new Uint8Array(3000).fill(1), width: 3000, height: 1 }],
    ['infinite values', { data: new Float64Array(192).fill(Infinity) }],
    ['no title', { title: '' }],
    ['a title of one long word', { title: 'x'.repeat(400) }],
  ] as const)('draws %s', async (_, change) => {
    const figure = decode(await renderQuicklook(sample(change)));
    expect(figure.width).toBeGreaterThanOrEqual(2 * 448);
    expect(figure.height).toBeLessThan(2000);
  });

  it('draws outlines and hostile texts', async () => {
    const ring = [
      [2, 2],
      [10, 2],
      [10, 8],
      [2, 2],
    ] as const;
    const text = '</text><script>&\u0000\ud800';
    const plain = decode(await renderQuicklook(sample({ title: text, caption: [text], mark: text })));
    const drawn = decode(
      await renderQuicklook(sample({ title: text, caption: [text], mark: text, outlines: [{ rings: [ring] }] })),
    );
    expect([drawn.width, drawn.height]).toEqual([plain.width, plain.height]);
    expect(Buffer.from(drawn.data).equals(Buffer.from(plain.data))).toBe(false);
  });
});

describe('renderRgbQuicklook', () => {
  it('stretches each band by itself', async () => {
    const valid = new Uint8Array(4).fill(1);
    const band = (
      label: string,
      data: number[],
      stretch: [number, number],
    ): { label: string; data: number[]; stretch: [number, number] } => ({ label, data, stretch });
    const png = await renderRgbQuicklook({
      width: 2,
      height: 2,
      valid,
      title: 'RGB',
      bands: [
        band('r', [0, 100, 50, 200], [0, 100]),
        band('g', [0, 10, 20, 5], [0, 20]),
        band('b', [1, 1, 1, 1], [1, 2]),
      ],
    });
    const figure = decode(png);
    const top = pictureTop(figure, [0, 0, 0]) + 10;
    const step = pictureSize(2, 2).scale;
    expect(pixel(figure, 48 + 10, top)).toEqual([0, 0, 0]);
    expect(pixel(figure, 48 + step + 10, top)).toEqual([255, 128, 0]);
    expect(pixel(figure, 48 + 10, top + step)).toEqual([128, 255, 0]);
    expect(pixel(figure, 48 + step + 10, top + step)).toEqual([255, 64, 0]);
  });
});

describe('rasterPng', () => {
  it('averages the valid pixels of a raster that is larger than the picture', () => {
    const data = Float64Array.from([1, 3, 100, 5, 7, 9, 11, 13]);
    const valid = Uint8Array.from([1, 1, 0, 1, 1, 1, 0, 0]);
    const seen: number[] = [];
    const size = { columns: 2, rows: 2, width: 1, height: 1, scale: 0.5 };
    const png = rasterPng([data], valid, { width: 4, height: 2 }, { ...size, rows: 1 }, (values) =>
      seen.push(values[0] ?? NaN),
    );
    expect(seen).toEqual([(1 + 3 + 7 + 9) / 4, 5]);
    expect(decode(png)).toMatchObject({ width: 2, height: 1, channels: 4 });
  });
});

describe('ramps', () => {
  it.each(rampNames)('%s changes its lightness in one direction, or in two from its middle', (name) => {
    const table = rampTable(name);
    const lightness = Array.from({ length: 256 }, (_, entry) => {
      const [red = 0, green = 0, blue = 0] = table.subarray(entry * 3, entry * 3 + 3);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    const rises = lightness.slice(8).map((value, index) => value > (lightness[index] ?? 0));
    const turns = rises.filter((rise, index) => index > 0 && rise !== rises[index - 1]).length;
    expect(turns).toBe(['rdbu', 'brbg', 'compass'].includes(name) ? 1 : 0);
    if (name === 'compass') expect(table.subarray(765)).toEqual(table.subarray(0, 3));
  });
});

describe('stretchPercentiles', () => {
  it('interpolates as numpy.percentile', () => {
    expect(stretchPercentiles([4, 1, 3, 2, 99], Uint8Array.from([1, 1, 1, 1, 0]), 10, 90)).toEqual([1.3, 3.7]);
  });

  it('is null without a valid value and one value for a constant', () => {
    expect(stretchPercentiles([NaN, 1], Uint8Array.from([1, 0]), 2, 98)).toBeNull();
    expect(stretchPercentiles([5, 5, 5], new Uint8Array(3).fill(1), 2, 98)).toEqual([5, 5]);
  });

  it('thins out more than a million values evenly', () => {
    const data = Float64Array.from({ length: 2_500_000 }, (_, index) => index);
    const [min, max] = stretchPercentiles(data, new Uint8Array(data.length).fill(1), 2, 98) ?? [NaN, NaN];
    expect(min / 50_000).toBeCloseTo(1, 3);
    expect(max / 2_450_000).toBeCloseTo(1, 3);
  });
});
