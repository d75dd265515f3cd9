/** Markup that is safe to place in an HTML or SVG document as it is. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type MarkupValue = Markup | string | number | null | undefined | false | readonly MarkupValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Characters that XML 1.0 forbids, noncharacters, and the bidirectional controls that can reorder what is read. */
const forbidden = /(?![\t\n\r])[\p{Cc}\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/gu;

/** Replaces what no document may hold (control characters, lone surrogates, bidi overrides) by U+FFFD. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(forbidden, '\uFFFD');
}

/** Text as HTML or XML character data or attribute value (in double or single quotes). */
export function escapeMarkup(text: string): string {
  return cleanText(text).replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Tagged template for HTML and SVG: values are escaped unless they are `Markup`; arrays are joined; null is nothing. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += toText(value) + (strings[index + 1] ?? '');
  });
  return new Markup(text);
}

function toText(value: MarkupValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeMarkup(value);
  if (typeof value === 'number') return String(value);
  return value.map(toText).join('');
}
