import { markup, type Markup } from './markup.ts';
import { columnDisplay, displayBytes, displayValue, imageHref, isInstant, safeHref } from './report-text.ts';
import type {
  FilesSection,
  KeyValueRow,
  ReportFigure,
  ReportSection,
  ReportValue,
  TableSection,
  TextSection,
} from './report.ts';

/** The body of one section, without its heading. */
export function sectionParts(section: ReportSection): Markup {
  switch (section.kind) {
    case 'text':
      return textPart(section);
    case 'list':
      return callout(section.tone, markup`<ul>${section.items.map((item) => markup`<li>${item}</li>`)}</ul>`);
    case 'keyvalue':
      return keyValues(section.rows);
    case 'table':
      return tablePart(section);
    case 'figure':
      return figures(section.figures);
    case 'map':
      return markup`<p>${link(section.href, section.href)}: ${section.description}</p>\n${section.quicklook !== undefined && figures([section.quicklook])}${section.rows !== undefined && markup`<div class="part">${keyValues(section.rows)}</div>`}`;
    case 'files':
      return filesPart(section);
  }
}

function textPart(section: TextSection): Markup {
  const paragraphs = section.paragraphs.map((paragraph) => markup`<p>${paragraph}</p>\n`);
  const code = section.code === undefined ? null : markup`<pre><code>${section.code}</code></pre>\n`;
  return callout(section.tone, markup`${paragraphs}${code}`);
}

function callout(tone: TextSection['tone'], content: Markup): Markup {
  if (tone === 'warning' || tone === 'cause')
    return markup`<div class="callout warn"><strong>${tone === 'cause' ? 'Cause' : 'Warning'}</strong>\n${content}</div>\n`;
  return tone === 'note' ? markup`<div class="callout note">\n${content}</div>\n` : content;
}

function keyValues(rows: readonly KeyValueRow[]): Markup {
  const items = rows.map((row) => {
    const unit = row.unit !== undefined && row.value !== null && markup` <span class="unit">${row.unit}</span>`;
    return markup`<dt>${row.label}</dt><dd>${cell(displayValue(row.value), row.href, row.code === true)}${unit}</dd>\n`;
  });
  return markup`<dl>\n${items}</dl>\n`;
}

function tablePart(section: TableSection): Markup {
  const { columns, rows } = section;
  const kinds = columns.map(({ key }) => {
    const values = rows.map((row) => row[key]);
    return { display: columnDisplay(values), className: columnClass(values) };
  });
  const kind = (index: number): Markup | null => kinds[index]?.className ?? null;
  const head = columns.map(({ label, unit }, index) => {
    const bracket = unit !== undefined && markup` <span class="unit">[${unit}]</span>`;
    return markup`<th scope="col"${kind(index)}>${label}${bracket}</th>`;
  });
  const body = rows.map((row) => {
    const cells = columns.map(({ key, hrefKey, code }, index) => {
      const href = hrefKey === undefined ? undefined : row[hrefKey];
      const text = kinds[index]?.display(row[key]) ?? '';
      return markup`<td${kind(index)}>${cell(text, typeof href === 'string' ? href : undefined, code === true)}</td>`;
    });
    return markup`<tr>${cells}</tr>\n`;
  });
  const caption = section.caption !== undefined && markup`<caption>${section.caption}</caption>`;
  const label = section.caption ?? section.title ?? 'Table';
  return markup`${scroller(label, markup`<table>${caption}<thead><tr>${head}</tr></thead><tbody>\n${body}</tbody></table>`)}${moreLine(section)}`;
}

function columnClass(values: readonly (ReportValue | undefined)[]): Markup | null {
  if (values.some((value) => typeof value === 'number')) return markup` class="num"`;
  return values.some(isInstant) ? markup` class="when"` : null;
}

/** A wide table scrolls in its own box, which the keyboard can reach. */
function scroller(label: string, table: Markup): Markup {
  return markup`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>\n`;
}

function moreLine({ rows, totalRows, csvHref }: TableSection): Markup | null {
  const first =
    totalRows !== undefined && totalRows > rows.length && `First ${rows.length} of ${displayValue(totalRows)} rows. `;
  if (first === false && csvHref === undefined) return null;
  return markup`<p class="more">${first}${csvHref !== undefined && markup`All values: ${link(csvHref, csvHref)}`}</p>\n`;
}

function figures(list: readonly ReportFigure[]): Markup {
  const items = list.map(({ href, alt, caption }) => {
    const source = imageHref(href);
    const picture =
      source === null ? markup`<p>${alt}</p>` : markup`<a href="${source}"><img src="${source}" alt="${alt}"></a>`;
    return markup`<figure>${picture}${caption !== undefined && markup`<figcaption>${caption}</figcaption>`}</figure>\n`;
  });
  return markup`<div class="figures">\n${items}</div>\n`;
}

function filesPart({ title, files }: FilesSection): Markup {
  const roles = files.some(({ role }) => role !== undefined);
  const rows = files.map(
    ({ path, bytes, sha256, role }) =>
      markup`<tr><td>${link(path, path)}</td>${roles && markup`<td>${role}</td>`}<td class="num">${displayBytes(bytes)}</td><td class="hash"><code>${sha256}</code></td></tr>\n`,
  );
  const head = markup`<thead><tr><th scope="col">File</th>${roles && markup`<th scope="col">Role</th>`}<th scope="col" class="num">Size</th><th scope="col">SHA-256</th></tr></thead>`;
  return scroller(title ?? 'Files', markup`<table>${head}<tbody>\n${rows}</tbody></table>`);
}

function cell(text: string, href: string | undefined, code: boolean): Markup {
  const content = code ? markup`<code>${text}</code>` : markup`${text}`;
  const target = href === undefined ? null : safeHref(href);
  return target === null ? content : markup`<a href="${target}" rel="noreferrer">${content}</a>`;
}

function link(text: string, href: string): Markup {
  return cell(text, href, false);
}
