/** Rows whose texts are kept as one string. */
const blockRows = 4096;

/**
 * The texts of one column, kept compactly: a string and an array of offsets per block of rows, in place of a million small
 * strings. Rows are only added.
 */
export class TextColumn {
  readonly #texts: string[] = [];
  readonly #offsets: Uint32Array[] = [];
  #open: string[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(text: string): void {
    this.#open.push(text);
    this.#length += 1;
    if (this.#open.length === blockRows) this.#close();
  }

  /** Adds empty cells until there are `length`. */
  padTo(length: number): void {
    while (this.#length < length) this.push('');
  }

  /** The text of a row, exactly as it stands in the file; empty for rows that are not there. */
  get(row: number): string {
    const block = Math.floor(row / blockRows);
    const at = row - block * blockRows;
    const offsets = this.#offsets[block];
    if (offsets === undefined) return block === this.#texts.length ? (this.#open[at] ?? '') : '';
    return this.#texts[block]?.slice(offsets[at], offsets[at + 1]) ?? '';
  }

  /**
   * Calls `found` for each row whose text holds `query`, in order. `query` must be in lower case; the case of the cells does
   * not matter.
   */
  search(query: string, found: (row: number) => void): void {
    for (let block = 0; block * blockRows < this.#length; block += 1) {
      const first = block * blockRows;
      const rows = Math.min(blockRows, this.#length - first);
      const text = this.#texts[block]?.toLowerCase();
      const offsets = this.#offsets[block];
      // A few letters change their length in lower case: then places in the block mean nothing.
      if (text === undefined || offsets === undefined || text.length !== this.#texts[block]?.length) {
        for (let row = first; row < first + rows; row += 1) if (this.get(row).toLowerCase().includes(query)) found(row);
      } else searchBlock(text, offsets, query, first, found);
    }
  }

  #close(): void {
    const offsets = new Uint32Array(blockRows + 1);
    this.#open.forEach((text, index) => (offsets[index + 1] = (offsets[index] ?? 0) + text.length));
    this.#texts.push(this.#open.join(''));
    this.#offsets.push(offsets);
    this.#open = [];
  }
}

function searchBlock(
  text: string,
  offsets: Uint32Array,
  query: string,
  first: number,
  found: (row: number) => void,
): void {
  let row = 0;
  for (let at = text.indexOf(query); at >= 0;) {
    while ((offsets[row + 1] ?? Infinity) <= at) row += 1;
    const end = offsets[row + 1] ?? text.length;
    // A hit that reaches into the next cell is none, but another may begin right after it.
    const isInside = at + query.length <= end;
    if (isInside) found(first + row);
    at = text.indexOf(query, isInside ? end : at + 1);
  }
}
