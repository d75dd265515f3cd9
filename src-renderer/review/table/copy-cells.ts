import { native } from '../../app/native.ts';
import { count } from '../../ui/format.ts';
import { toast } from '../../ui/toast.tsx';

/** What the clipboard takes from here, characters. */
const most = 200_000;

/** Copies cells as tab-separated text, each exactly as it stands in the file; tabs and line ends inside become spaces. */
export function copyCells(rows: readonly (readonly string[])[]): void {
  const isOne = rows.length === 1 && rows[0]?.length === 1;
  const text = isOne
    ? (rows[0]?.[0] ?? '')
    : rows.map((cells) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t')).join('\n');
  if (text.length > most) {
    toast({ title: 'This is too much to copy', description: 'Save a copy of the table instead.' });
    return;
  }
  void native('copyText', { text }).then(() => {
    toast({ title: isOne ? 'Copied the cell' : `Copied ${count(rows.length - 1, 'row')}` });
  });
}
