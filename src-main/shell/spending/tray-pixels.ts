type Rgb = readonly [red: number, green: number, blue: number];

/** Colours of `resources/icons/icon.svg`, and the window's red. */
const ground: Rgb = [0x0b, 0x6b, 0x86];
const line: Rgb = [0xff, 0xff, 0xff];
const alarm: Rgb = [0xd0, 0x2b, 0x2b];
/** Each pixel is looked at so many times each way: edges are smooth. */
const samples = 4;

/** The program's sign, simple enough for a tray; with a red dot when something is past its time. BGRA, premultiplied. */
export function trayPixels(side: number, isAlarm: boolean): Buffer {
  const pixels = Buffer.alloc(side * side * 4);
  for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) pixel(pixels, { x, y, side, isAlarm });
  return pixels;
}

function pixel(
  pixels: Buffer,
  { x, y, side, isAlarm }: { x: number; y: number; side: number; isAlarm: boolean },
): void {
  const sum = [0, 0, 0, 0];
  for (let sample = 0; sample < samples * samples; sample += 1) {
    const [dx, dy] = [((sample % samples) + 0.5) / samples, (Math.floor(sample / samples) + 0.5) / samples];
    const colour = colourAt((x + dx) / side, (y + dy) / side, isAlarm);
    if (colour === null) continue;
    const [red, green, blue] = colour;
    for (const [index, part] of [blue, green, red, 255].entries()) sum[index] = (sum[index] ?? 0) + part;
  }
  for (const [index, part] of sum.entries())
    pixels[(y * side + x) * 4 + index] = Math.round(part / (samples * samples));
}

/** @param x from 0 at the left to 1 @param y from 0 at the top to 1 */
function colourAt(x: number, y: number, isAlarm: boolean): Rgb | null {
  if (isAlarm && Math.hypot(x - 0.74, y - 0.74) < 0.24) return alarm;
  const corner = 0.2;
  const [outX, outY] = [x, y].map((at) => Math.max(0.03 + corner - at, at - (0.97 - corner), 0));
  if (Math.hypot(outX ?? 0, outY ?? 0) > corner) return null;
  // A transect from the lower left to the upper right, with its two ends.
  const along = Math.min(Math.max((x - y + 0.54) / 1.08, 0), 1);
  const away = Math.hypot(x - (0.23 + 0.54 * along), y - (0.77 - 0.54 * along));
  const end = Math.min(Math.hypot(x - 0.23, y - 0.77), Math.hypot(x - 0.77, y - 0.23));
  return away < 0.045 || end < 0.1 ? line : ground;
}
