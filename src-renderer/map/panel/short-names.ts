/** A name as long as this fits beside its tools. */
const fitting = 16;
const separator = /[_\-. ]/;

/**
 * Names in a narrow list: of long ones, what all of them begin and end with is left out and marked with `…`, so that what
 * tells them apart stays (of eight scenes their sensors and dates). Parts are left out whole, as `_`, `-`, `.` and spaces end them.
 */
export function shortNames(names: readonly string[]): string[] {
  if (new Set(names).size < 2 || names.every((name) => name.length <= fitting)) return [...names];
  const start = common(names);
  const end = common(names.map((name) => reversed(name.slice(start))));
  return names.map((name) => {
    const rest = name.slice(start, name.length - end);
    return `${start > 0 ? '…' : ''}${rest}${end > 0 ? '…' : ''}`;
  });
}

/** How many characters all names begin with, up to and with the last separator among them; every name keeps some. */
function common(names: readonly string[]): number {
  const [first = ''] = names;
  const shortest = Math.min(...names.map(({ length }) => length));
  let whole = 0;
  for (let at = 0; at < shortest - 1 && names.every((name) => name[at] === first[at]); at += 1)
    if (separator.test(first[at] ?? '')) whole = at + 1;
  return whole;
}

const reversed = (text: string): string => Array.from(text).reverse().join('');
