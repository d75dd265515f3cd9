import type { RunFile } from '../../../src-shared/api/library.ts';

/** A figure: the image that is shown, and the same as a drawing where the run wrote both. */
export interface Figure {
  /** Its path inside `figures/`. */
  readonly name: string;
  readonly main: RunFile;
  readonly vector: RunFile | null;
}

/** The figures of a run by name; an SVG beside a raster image of the same name is the same figure. */
export function figuresOf(files: readonly RunFile[]): Figure[] {
  const stem = (path: string) => path.replace(/\.[^./]*$/, '');
  const isVector = ({ path }: RunFile) => /\.svg$/i.test(path);
  const raster = new Set(files.filter((file) => !isVector(file)).map(({ path }) => stem(path)));
  const vectors = new Map(files.filter(isVector).map((file) => [stem(file.path), file]));
  const order = new Intl.Collator('en', { numeric: true });
  return files
    .filter((file) => !isVector(file) || !raster.has(stem(file.path)))
    .map((main) => ({
      name: main.path.replace(/^figures\//, ''),
      main,
      vector: isVector(main) ? null : (vectors.get(stem(main.path)) ?? null),
    }))
    .sort((a, b) => order.compare(a.name, b.name));
}

/** A run's image that says most about it: its quicklook, else its first figure. Null when it has none of a fair size. */
export function thumbnailOf<F extends { readonly path: string; readonly bytes: number }>(
  files: readonly F[],
): F | null {
  const images = files.filter(
    ({ path, bytes }) => /^figures\/[^/]+\.(png|jpe?g|webp|svg)$/i.test(path) && bytes < 5_000_000,
  );
  return (
    images.find(({ path }) => /quicklook/i.test(path)) ??
    images.find(({ path }) => !/\.svg$/i.test(path)) ??
    images[0] ??
    null
  );
}
