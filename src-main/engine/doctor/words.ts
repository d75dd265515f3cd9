const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units, as disks and networks count: `1.4 GB`. */
export function decimalBytes(value: number): string {
  let [size, unit] = [value, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1_000, unit + 1];
  return `${unit === 0 ? size : size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ''}`;
}
