import type { ReactElement } from 'react';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { validityRule } from '../../../src-raster/validity.ts';
import { bytes, grouped } from '../../ui/format.ts';
import type { RasterState } from '../layers/raster-state.ts';
import styles from './panel.module.css';

/** A raster's CRS by its code and name, or that it has none. */
export function crsName({ crs, transform }: Pick<RasterInfo, 'crs' | 'transform'>): string {
  if (crs === null || transform === null) return 'No georeference';
  const name = [crs.code, crs.name].filter((part) => part !== null).join(', ');
  return name === '' || name === 'unnamed' ? 'User-defined CRS' : name;
}

/** The facts of a raster that are worth knowing while looking at it, as [what, value]. */
export function rasterFacts({ info, shown }: { info: RasterInfo; shown: RasterState['shown'] }): [string, string][] {
  const [a, , , , e] = info.transform ?? [];
  const unit =
    info.crs === null
      ? ''
      : { degree: '°', metre: ' m', foot: ' ft', 'us-survey-foot': ' US ft', unknown: '' }[info.crs.unit];
  const level =
    shown === null
      ? null
      : shown.level === 0
        ? 'full resolution'
        : `overview ${shown.level} of ${info.overviews.length}`;
  return [
    ['CRS', crsName(info)],
    [
      'Size',
      `${grouped(info.width)} × ${grouped(info.height)} pixels, ${info.bandCount === 1 ? '1 band' : `${info.bandCount} bands`}`,
    ],
    ...(a !== undefined && e !== undefined
      ? [
          ['Pixel', `${Number(Math.abs(a).toPrecision(6))}${unit} × ${Number(Math.abs(e).toPrecision(6))}${unit}`] as [
            string,
            string,
          ],
        ]
      : []),
    [
      'Values',
      `${info.storedType ?? info.dtype}, ${info.compression === 'NONE' ? 'not compressed' : info.compression}, ${bytes(info.bytes)}`,
    ],
    [
      'No data',
      info.nodata === null ? (info.maskSource === 'none' ? 'none declared' : info.maskSource) : String(info.nodata),
    ],
    ...(level === null ? [] : [['Drawn from', level] as [string, string]]),
  ];
}

export function RasterFacts({
  raster,
  info,
}: {
  readonly raster: RasterState;
  readonly info: RasterInfo;
}): ReactElement {
  return (
    <>
      <dl className={styles['facts']}>
        {rasterFacts({ info, shown: raster.shown }).map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles['hint']}>{validityRule(info)}</p>
      {info.warnings.map((warning) => (
        <p key={warning} className={styles['hint']}>
          Note: {warning}
        </p>
      ))}
    </>
  );
}
