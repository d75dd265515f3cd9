/** What the editor keeps apart from the text it shows, so that a file is stored with the bytes it came with. */
export interface TextShape {
  readonly mark: '' | '\uFEFF';
  readonly eol: '\n' | '\r\n';
}

/** Parts a file into the text to show, with `\n` between lines, and its shape. Mixed line breaks stay as they are. */
export function opened(stored: string): { text: string; shape: TextShape } {
  const mark = stored.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = stored.slice(mark.length);
  const windows = body.includes('\r\n') && !/(?<!\r)\n/.test(body) && !/\r(?!\n)/.test(body);
  return {
    text: windows ? body.replaceAll('\r\n', '\n') : body,
    shape: { mark, eol: windows ? '\r\n' : '\n' },
  };
}

/** The file's text. */
export function stored(text: string, { mark, eol }: TextShape): string {
  return mark + (eol === '\n' ? text : text.replaceAll('\n', eol));
}
