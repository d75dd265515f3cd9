import { markup, Markup } from './markup.ts';
import { sectionParts } from './report-html-sections.ts';
import { reportStyle } from './report-style.ts';
import { outcomeWord, reviewWord, type StatusWord } from './report-text.ts';
import type { ReportModel, ReportSection } from './report.ts';

/** Nothing may run or load but the report's own pictures and style: not even a mistake in escaping could call home. */
const policy =
  "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

interface Chapter {
  readonly title: string | null;
  readonly parts: ReportSection[];
}

/**
 * The report as one self-contained HTML document that works from file://, without scripts, in light and dark and on
 * paper. Figures are linked by relative paths; every text of the model is escaped.
 */
export function renderHtml(model: ReportModel): string {
  const chapters = chaptersOf(model.sections);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${model.title}</title>
<style>${new Markup(reportStyle)}</style>
</head>
<body>
${model.marks.map((mark) => markup`<p class="mark" role="note">${mark}</p>\n`)}<main>
<header>
<h1>${model.title}</h1>
<div class="status">
${fact(outcomeWord(model), model.validityLine)}
${fact(reviewWord(model), model.reviewLine)}
</div>
${model.summary !== undefined && markup`<p class="summary">${model.summary}</p>\n`}</header>
${contents(chapters)}${chapters.map(chapter)}</main>
</body>
</html>
`.text;
}

/** A section without a title belongs to the one before it. */
function chaptersOf(sections: readonly ReportSection[]): Chapter[] {
  const chapters: Chapter[] = [];
  for (const section of sections) {
    const open = chapters.at(-1);
    if (section.title !== undefined || open === undefined)
      chapters.push({ title: section.title ?? null, parts: [section] });
    else open.parts.push(section);
  }
  return chapters;
}

function contents(chapters: readonly Chapter[]): Markup | null {
  const titled = chapters.filter(({ title }) => title !== null);
  if (titled.length < 4) return null;
  const items = chapters.map(({ title }, index) =>
    title === null ? null : markup`<li><a href="#s${index + 1}">${title}</a></li>`,
  );
  return markup`<nav aria-label="Contents"><ul>${items}</ul></nav>\n`;
}

function chapter({ title, parts }: Chapter, index: number): Markup {
  const id = `s${index + 1}`;
  const heading = title === null ? null : markup`<h2 id="${id}">${title}</h2>\n`;
  const label = title === null ? null : markup` aria-labelledby="${id}"`;
  const gallery = parts.length > 1 && parts.every(({ kind }) => kind === 'map') ? markup` class="maps"` : null;
  return markup`<section${label}${gallery}>\n${heading}${parts.map((part) => markup`<div class="part">\n${sectionParts(part)}</div>\n`)}</section>\n`;
}

function fact({ word, tone }: StatusWord, line: string): Markup {
  return markup`<div class="fact ${tone}">${icons[tone]}<div><strong>${word}</strong><p>${line}</p></div></div>`;
}

const stroke = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
const icon = (path: string): Markup =>
  new Markup(`<svg viewBox="0 0 24 24" aria-hidden="true" ${stroke}><path d="${path}"/></svg>`);

const icons: Readonly<Record<StatusWord['tone'], Markup>> = {
  good: icon('M12 2a10 10 0 1 1 0 20a10 10 0 0 1 0-20zM7.5 12.5l3 3l6-6.5'),
  warn: icon('M12 3L1.8 20.5h20.4zM12 10v4.5M12 17.4v.1'),
  bad: icon('M12 2a10 10 0 1 1 0 20a10 10 0 0 1 0-20zM8.5 8.5l7 7M15.5 8.5l-7 7'),
};
