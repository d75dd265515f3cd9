/**
 * Characters that draw nothing, break the line or turn the reading direction (Unicode categories Cc, Cf, Cs, Co, Zl, Zp).
 * In a name they can make one file look like another.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** A run of text, or one hidden character written out. */
export interface TextPart {
  readonly text: string;
  readonly isEscape: boolean;
}

/** Splits a text so that its hidden characters can be shown, as `\n` or `\u{202E}`. `keep` are left as they are. */
export function textParts(text: string, keep = ''): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: sign, index } of text.matchAll(hidden)) {
    if (keep.includes(sign)) continue;
    if (index > end) parts.push({ text: text.slice(end, index), isEscape: false });
    parts.push({ text: escape(sign), isEscape: true });
    end = index + sign.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ text: text.slice(end), isEscape: false });
  return parts;
}

/** A text with its hidden characters written out: for tooltips, names for screen readers and other plain text. */
export function visibleText(text: string, keep = ''): string {
  return text.replace(hidden, (sign) => (keep.includes(sign) ? sign : escape(sign)));
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function escape(sign: string): string {
  return short[sign] ?? `\\u{${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;
}
