/** The cell that keys act on, and where the selected rows begin; places in the shown order. */
export interface Selection {
  readonly row: number;
  readonly column: number;
  readonly anchor: number;
}

/** The rows of the table that are selected, in the shown order. */
export function rowsOf({ row, anchor }: Selection, order: Uint32Array): number[] {
  return [...order.slice(Math.min(row, anchor), Math.max(row, anchor) + 1)];
}

interface Pressed {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Where a key moves the selection; null when it moves none. Shift keeps the other end of the rows. */
export function moved(
  selection: Selection,
  { key, shiftKey, ctrlKey, metaKey }: Pressed,
  { rows, columns, page }: { readonly rows: number; readonly columns: number; readonly page: number },
): Selection | null {
  const { row, column, anchor } = selection;
  const far = ctrlKey || metaKey;
  const to: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [far ? rows - 1 : row + 1, column],
    ArrowUp: [far ? 0 : row - 1, column],
    ArrowRight: [row, far ? columns - 1 : column + 1],
    ArrowLeft: [row, far ? 0 : column - 1],
    PageDown: [row + page, column],
    PageUp: [row - page, column],
    Home: [far ? 0 : row, 0],
    End: [far ? rows - 1 : row, columns - 1],
  };
  const next = to[key];
  if (next === undefined) return null;
  const clamp = (at: number, length: number) => Math.max(0, Math.min(length - 1, at));
  const nextRow = clamp(next[0], rows);
  return { row: nextRow, column: clamp(next[1], columns), anchor: shiftKey ? anchor : nextRow };
}
