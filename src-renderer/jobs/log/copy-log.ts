import { native } from '../../app/native.ts';
import { count } from '../../ui/format.ts';
import { toast } from '../../ui/toast.tsx';
import type { LogBuffer } from './log-buffer.ts';

/** What the clipboard takes from here. */
const mostChars = 200_000;

/** Copies a log, or as many of its newest lines as the clipboard takes, and says how many. */
export function copyLog(buffer: LogBuffer): void {
  const all = buffer.text();
  const start = all.length <= mostChars ? 0 : all.indexOf('\n', all.length - mostChars) + 1;
  const text = start === 0 ? all.slice(-mostChars) : all.slice(start);
  void native('copyText', { text }).then(() => {
    const lines = count(text.split('\n').filter((line) => line !== '').length, 'line');
    toast(
      start === 0
        ? { title: `Copied ${lines}` }
        : { title: `Copied the newest ${lines}`, description: 'Save a copy of the log for all of it.' },
    );
  });
}
