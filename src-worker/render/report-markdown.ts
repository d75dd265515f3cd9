import { codeSpan, fence, escapeMarkdown as md, tableCell } from './markdown-escape.ts';
import {
  columnDisplay,
  displayBytes,
  displayValue,
  imageHref,
  outcomeWord,
  reviewWord,
  safeHref,
} from './report-text.ts';
import type {
  FilesSection,
  KeyValueRow,
  ListSection,
  ReportFigure,
  ReportModel,
  ReportSection,
  TableSection,
  TextSection,
} from './report.ts';
import { columnHeader } from './table.ts';

/** The report as CommonMark with GFM tables. Every text of the model is escaped: none can become markup or HTML. */
export function renderMarkdown(model: ReportModel): string {
  const outcome = outcomeWord(model);
  const review = reviewWord(model);
  const blocks = [
    `# ${md(model.title)}`,
    `**${outcome.icon} ${outcome.word}.** ${md(model.validityLine)}`,
    `**${review.icon} ${review.word}.** ${md(model.reviewLine)}`,
    ...model.marks.map((mark) => `> **${md(mark)}**`),
    ...(model.summary === undefined ? [] : [md(model.summary)]),
    ...model.sections.flatMap(sectionBlocks),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function sectionBlocks(section: ReportSection): string[] {
  const heading = section.title === undefined ? [] : [`## ${md(section.title)}`];
  return [...heading, ...content(section)];
}

function content(section: ReportSection): string[] {
  switch (section.kind) {
    case 'text':
      return textBlocks(section);
    case 'list':
      return [listBlock(section)];
    case 'keyvalue':
      return [keyValueBlock(section.rows)];
    case 'table':
      return tableBlocks(section);
    case 'figure':
      return section.figures.flatMap(figureBlocks);
    case 'map':
      return [
        `${link(section.href, section.href)}: ${md(section.description)}`,
        ...(section.quicklook === undefined ? [] : figureBlocks(section.quicklook)),
        ...(section.rows === undefined ? [] : [keyValueBlock(section.rows)]),
      ];
    case 'files':
      return [filesBlock(section)];
  }
}

const prefixes = { plain: '', note: '**Note:** ', warning: '**⚠ Warning:** ', cause: '**Cause:** ' } as const;

function textBlocks(section: TextSection): string[] {
  const prefix = prefixes[section.tone ?? 'plain'];
  const paragraphs = section.paragraphs.map((paragraph, index) => (index === 0 ? prefix : '') + md(paragraph));
  return section.code === undefined ? paragraphs : [...paragraphs, fence(section.code)];
}

function listBlock(section: ListSection): string {
  const prefix = section.tone === 'warning' ? '⚠ ' : '';
  return section.items.map((item) => `- ${prefix}${md(item)}`).join('\n');
}

function keyValueBlock(rows: readonly KeyValueRow[]): string {
  const lines = rows.map((row) => {
    const unit = row.unit === undefined || row.value === null ? '' : ` ${row.unit}`;
    const text = `${displayValue(row.value)}${unit}`;
    return `| ${md(row.label)} | ${valueCell(text, row.href, row.code === true)} |`;
  });
  return ['| | |', '| --- | --- |', ...lines].join('\n');
}

function valueCell(text: string, href: string | undefined, code: boolean): string {
  if (href !== undefined) return link(text, href);
  return code ? tableCell(codeSpan(text)) : md(text);
}

function tableBlocks(section: TableSection): string[] {
  const { columns, rows } = section;
  const numeric = columns.map(({ key }) => rows.some((row) => typeof row[key] === 'number'));
  const displays = columns.map(({ key }) => columnDisplay(rows.map((row) => row[key])));
  const lines = rows.map((row) => {
    const cells = columns.map(({ key, hrefKey, code }, index) => {
      const href = hrefKey === undefined ? undefined : row[hrefKey];
      const text = displays[index]?.(row[key]) ?? '';
      return valueCell(text, typeof href === 'string' ? href : undefined, code === true);
    });
    return `| ${cells.join(' | ')} |`;
  });
  const table = [
    `| ${columns.map((column) => md(columnHeader(column))).join(' | ')} |`,
    `| ${numeric.map((right) => (right ? '---:' : '---')).join(' | ')} |`,
    ...lines,
  ].join('\n');
  return [...(section.caption === undefined ? [] : [md(section.caption)]), table, ...moreLine(section)];
}

function moreLine({ rows, totalRows, csvHref }: TableSection): string[] {
  const count = totalRows !== undefined && totalRows > rows.length ? `First ${rows.length} of ${totalRows} rows. ` : '';
  const file = csvHref === undefined ? '' : `All values: ${link(csvHref, csvHref)}`;
  return count + file === '' ? [] : [`${count}${file}`];
}

function figureBlocks(figure: ReportFigure): string[] {
  const href = imageHref(figure.href);
  const image = href === null ? md(figure.alt) : `![${md(figure.alt)}](<${href}>)`;
  return figure.caption === undefined ? [image] : [image, `*${md(figure.caption)}*`];
}

function filesBlock(section: FilesSection): string {
  const roles = section.files.some(({ role }) => role !== undefined);
  const lines = section.files.map(
    ({ path, bytes, sha256, role }) =>
      `| ${link(path, path)} |${roles ? ` ${md(role ?? '')} |` : ''} ${displayBytes(bytes)} | ${tableCell(codeSpan(sha256))} |`,
  );
  const head = roles
    ? ['| file | role | size | sha256 |', '| --- | --- | ---: | --- |']
    : ['| file | size | sha256 |', '| --- | ---: | --- |'];
  return [...head, ...lines].join('\n');
}

function link(text: string, href: string): string {
  const safe = safeHref(href);
  return safe === null ? md(text) : `[${md(text)}](<${safe}>)`;
}
