import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../../src-worker/render/markdown-escape.ts';
import { cleanText } from '../../../src-worker/render/markup.ts';
import { renderHtml, renderMarkdown, type ReportModel } from '../../../src-worker/render/report.ts';
import {
  columnDisplay,
  displayBytes,
  displayNumber,
  displayValue,
  safeHref,
} from '../../../src-worker/render/report-text.ts';
import { hostileTexts } from './hostile.ts';
import { modelWith } from './model.ts';

/** Tags with their attribute names, in order: what a document is made of, whatever its texts and addresses are. */
function skeleton(html: string): string[] {
  const tags = html.replace(/<style>[^<]*<\/style>/, '<style></style>').match(/<[^>]*>/g) ?? [];
  return tags
    .map((tag) => tag.replace(/="[^"]*"/g, ''))
    .filter((tag) => !/^<\/?a[ >]/.test(tag) && !tag.startsWith('<img') && !/^<\/?p>/.test(tag));
}

const plain = skeleton(renderHtml(modelWith('plain')));

describe('renderHtml', () => {
  it.each(hostileTexts)('keeps its structure with %j in every field', (text) => {
    const html = renderHtml(modelWith(text));
    expect(skeleton(html)).toEqual(plain);
    expect(html).not.toMatch(/<script|(href|src)="\s*javascript:/i);
  });

  it('keeps its structure with any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(skeleton(renderHtml(modelWith(text)))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  it('links only relative paths and http(s), loads only local pictures', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...hostileTexts), fc.webUrl(), fc.string({ unit: 'grapheme' })), (text) => {
        const html = renderHtml(modelWith(text));
        for (const [, target = ''] of html.matchAll(/<a href="([^"]*)"/g))
          expect(target).toMatch(/^(#s\d+$|https?:\/\/|[^:/\\][^:\\]*$)/);
        for (const [, source = ''] of html.matchAll(/<img src="([^"]*)"/g)) expect(source).toMatch(/^[^:/\\][^:\\]*$/);
      }),
    );
  });

  it('has a policy, words for outcome and review, alternative texts and no script', () => {
    const html = renderHtml(modelWith('plain'));
    expect(html).toContain(`default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'`);
    expect(html).toContain('<strong>Synthetic</strong>');
    expect(html).toContain('<strong>Needs human review</strong>');
    expect(html).toContain('<img src="figures/a.png" alt="plain">');
    expect(html).not.toContain('<script');
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('shows the state, not the validity, of a run that did not succeed', () => {
    const html = renderHtml({ ...modelWith('plain'), state: 'timed_out', validity: null });
    expect(html).toContain('<strong>Timed out</strong>');
    expect(html).not.toContain('<strong>Synthetic</strong>');
  });
});

const markdown = new MarkdownIt('default', { html: true, linkify: true });

/** What the escaped text says once a CommonMark reader has read it. */
function readBack(source: string): { types: Set<string>; text: string } {
  const tokens = markdown.parse(source, {});
  const inner = tokens.flatMap((token) => token.children ?? []);
  return {
    types: new Set([...tokens, ...inner].map(({ type }) => type)),
    text: inner.map(({ content }) => content).join(''),
  };
}

describe('escapeMarkdown', () => {
  const onlyText = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'text_special']);

  function check(text: string): void {
    const { types, text: read } = readBack(escapeMarkdown(text));
    expect([...types].filter((type) => !onlyText.has(type))).toEqual([]);
    const wanted = cleanText(text).replace(/\s+/g, ' ').trim();
    expect(read.replace(/\s+/g, ' ').trim()).toBe(wanted);
  }

  it.each(hostileTexts)('means itself: %j', check);

  it('means itself for any text, and for any mix of markup signs', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), check), { numRuns: 1000 });
    const signs = fc.constantFrom(...'\\`*_{}[]()#+-.!|~^$:@"\'=/<>&;1a \n\t'.split(''), 'http', 'www.', '&amp;', '](');
    fc.assert(
      fc.property(
        fc.array(signs, { maxLength: 24 }).map((parts) => parts.join('')),
        check,
      ),
      { numRuns: 3000 },
    );
  });
});

describe('renderMarkdown', () => {
  it.each(hostileTexts)('keeps its blocks with %j in every field', (text) => {
    const blocks = (model: ReportModel): string[] =>
      markdown.parse(renderMarkdown(model), {}).map(({ type, tag }) => `${type}/${tag}`);
    const cells = (model: ReportModel): number => blocks(model).filter((type) => type.startsWith('td_open')).length;
    expect(cells(modelWith(text))).toBe(cells(modelWith('plain')));
    expect(blocks(modelWith(text))).toEqual(blocks(modelWith('plain')));
    const html = markdown.render(renderMarkdown(modelWith(text)));
    expect(html).not.toMatch(/<script|<img src="http|href="javascript|<img src=x/i);
  });

  it('is the same text each time and shows marks, outcome and review', () => {
    const text = renderMarkdown(modelWith('SYNTHETIC'));
    expect(renderMarkdown(modelWith('SYNTHETIC'))).toBe(text);
    expect(text).toContain('> **SYNTHETIC**');
    expect(text).toContain('Needs human review');
    expect(text).toContain('First 1 of 9 rows. All values: [SYNTHETIC](<SYNTHETIC>)');
  });
});

describe('display', () => {
  it.each([
    [0, '0'],
    [1234, '1234'],
    [12345, '12\u202f345'],
    [-1234567.5, '−1\u202f234\u202f570'],
    [0.1 + 0.2, '0.3'],
    [1e-9, '1e−9'],
    [1e21, '1e+21'],
    [NaN, '–'],
    [-Infinity, '−∞'],
  ])('number %s is %s', (value, text) => {
    expect(displayNumber(value)).toBe(text);
  });

  it('writes a column of numbers with one count of decimals, and instants with their zone', () => {
    const values = [833.39, 823.648, -12345, null, Number.NaN];
    expect(values.map(columnDisplay(values))).toEqual(['833.390', '823.648', '−12\u202f345.000', '–', '–']);
    expect([1e-9, 2].map(columnDisplay([1e-9, 2]))).toEqual(['1e−9', '2']);
    expect([3, 12].map(columnDisplay([3, 12]))).toEqual(['3', '12']);
    expect(displayValue('2023-06-06T17:50:21.5Z')).toBe('2023-06-06 17:50:21 UTC');
    expect(displayValue('not 2023-06-06T17:50:21Z')).toBe('not 2023-06-06T17:50:21Z');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999_500, '1 MB'],
    [18_412_034, '18.4 MB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(displayBytes(bytes)).toBe(text);
  });

  it.each([
    ['maps/a b#1?.tif', 'maps/a%20b%231%3F.tif'],
    ['https://example.org/a?b=1', 'https://example.org/a?b=1'],
    ['javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    [' javascript:alert(1)', null],
    ['data:text/html,x', null],
    ['s3://bucket/key', null],
    ['//evil.example/x', null],
    ['/etc/passwd', null],
    ['maps/../../x', null],
    ['..\\x', null],
    ['https://user:secret@example.org/', null],
    ['', null],
  ])('href %j becomes %j', (href, wanted) => {
    expect(safeHref(href)).toBe(wanted);
  });
});
