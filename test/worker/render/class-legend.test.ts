import { describe, expect, it } from 'vitest';
import { classLegend } from '../../../src-worker/render/class-legend.ts';
import { renderPaletteQuicklook } from '../../../src-worker/render/palette-quicklook.ts';

const classes = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ label: `class ${i + 1}`, colour: `#0000${(16 + i).toString(16)}` }));

describe('the legend of classes', () => {
  it('names every class beside its colour, as long as there is room', () => {
    const { content, height } = classLegend(classes(5), 490);
    for (const { label, colour } of classes(5)) {
      expect(content.text).toContain(`>${label}<`);
      expect(content.text).toContain(`fill="${colour}"`);
    }
    expect(height).toBeLessThan(60);
  });

  it('counts the classes that it has no room for', () => {
    const { content, height } = classLegend(classes(200), 250);
    const named = content.text.match(/>class \d+</g)?.length ?? 0;
    expect(content.text).toContain(`and ${200 - named} more`);
    expect(height).toBeLessThan(150);
  });

  it('cuts long names and escapes them', () => {
    const { content } = classLegend([{ label: `<b>${'very '.repeat(60)}`, colour: '#000000' }], 250);
    expect(content.text).toContain('&lt;b&gt;very');
    expect(content.text).toContain('…');
  });

  it('stands on the same figure every time', async () => {
    const options = {
      title: 'Classes',
      width: 4,
      height: 2,
      data: [1, 2, 3, 1, 2, 3, 1, 2],
      valid: new Uint8Array(8).fill(1),
      palette: [
        [0, 0, 0],
        [255, 0, 0],
        [0, 255, 0],
        [0, 0, 255],
      ] as const,
      classes: classes(3),
      metresPerPixel: 10,
    };
    expect(await renderPaletteQuicklook(options)).toEqual(await renderPaletteQuicklook(options));
  });
});
