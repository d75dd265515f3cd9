import type { ReportModel } from '../../../src-worker/render/report.ts';

/** A report with every kind of section, in which `text` stands in every field that takes text. */
export function modelWith(text: string): ReportModel {
  const figure = { href: text, alt: text, caption: text };
  const rows = [
    { label: text, value: text, unit: text, href: text },
    { label: text, value: text, code: true },
    { label: text, value: -1234567.5, unit: text },
  ];
  return {
    title: text,
    summary: text,
    state: 'succeeded',
    validity: 'synthetic',
    validityLine: text,
    review: 'needs_review',
    reviewLine: text,
    marks: [text],
    sections: [
      { kind: 'text', title: text, paragraphs: [text, text], code: text, tone: 'warning' },
      { kind: 'list', title: text, items: [text, text], tone: 'note' },
      { kind: 'keyvalue', title: text, rows },
      {
        kind: 'table',
        title: text,
        caption: text,
        columns: [
          { key: 'a', label: text, unit: text, hrefKey: 'link' },
          { key: 'b', label: text, code: true },
        ],
        rows: [{ a: text, b: text, link: text }],
        totalRows: 9,
        csvHref: text,
      },
      { kind: 'figure', title: text, figures: [figure, { ...figure, href: 'figures/a.png' }] },
      { kind: 'map', title: text, href: text, description: text, quicklook: figure, rows },
      { kind: 'files', title: text, files: [{ path: text, bytes: 12, sha256: text, role: text }] },
    ],
  };
}
