import { AppError } from '../../src-shared/errors.ts';

/** A TIFF that is broken: names the file and what is wrong. */
export function brokenTiff(href: string, what: string, cause?: unknown): AppError {
  return new AppError('bad_data', `${href}: ${what.replace(/\.$/, '')}.`, {
    remedy: 'The file is damaged or was not fully copied. Fetch it again.',
    ...(cause !== undefined && { cause }),
  });
}

/** A TIFF that is sound but laid out in a way that we don't read: names the gdal_translate call that converts it. */
export function unsupportedTiff(href: string, what: string, options = ''): AppError {
  return new AppError('bad_data', `${href}: ${what}, which Transect does not read.`, {
    remedy: `Convert it: gdal_translate ${options === '' ? '' : `${options} `}-of COG -co COMPRESS=DEFLATE input.tif converted.tif`,
  });
}
