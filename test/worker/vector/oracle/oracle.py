"""Answers questions of the tests: a list of [command, arguments] on stdin, a list of answers on stdout."""

import json
import sys


def weights(args):
    from exact_weights import polygon_weights

    return polygon_weights(args['geometry'], args['transform'], args['window'], args.get('epsg')).ravel().tolist()


def zonal(args):
    from zonal import zonal as run

    return run(args)


def sample(args):
    """rasterio's own sample at points: nearest, masked values are null."""
    import numpy as np
    import rasterio
    from rasterio.warp import transform

    with rasterio.open(args['path']) as dataset:
        xs, ys = transform('OGC:CRS84', dataset.crs, *zip(*args['points']))
        rows = list(dataset.sample(list(zip(xs, ys)), indexes=args['bands'], masked=True))
        return [[None if np.ma.getmaskarray(row)[i] else float(row[i]) for i in range(len(row))] for row in rows]


def bilinear(args):
    """Between the centres of four pixels, weights renormalised over the valid ones; null on an invalid pixel."""
    import numpy as np
    import rasterio
    from rasterio.warp import transform

    out = []
    with rasterio.open(args['path']) as dataset:
        data = dataset.read(args['band'], masked=True)
        mask = np.ma.getmaskarray(data)
        xs, ys = transform('OGC:CRS84', dataset.crs, *zip(*args['points']))
        for x, y in zip(xs, ys):
            u, v = ~dataset.transform * (x, y)
            if not (0 <= u < dataset.width and 0 <= v < dataset.height) or mask[int(v), int(u)]:
                out.append(None)
                continue
            left, top = int(np.floor(u - 0.5)), int(np.floor(v - 0.5))
            total = weight = 0
            for i in (0, 1):
                for j in (0, 1):
                    column, row = left + i, top + j
                    if not (0 <= column < dataset.width and 0 <= row < dataset.height) or mask[row, column]:
                        continue
                    w = abs(1 - i - (u - 0.5 - left)) * abs(1 - j - (v - 0.5 - top))
                    total += w * float(data.data[row, column])
                    weight += w
            out.append(total / weight if weight > 0 else None)
    return out


def parquet(args):
    """What DuckDB and plain byte unpacking say of a GeoParquet file."""
    import struct

    import duckdb

    table = duckdb.sql(f"select * from read_parquet('{args['path']}')")
    names = [n for n in table.columns if n != 'geometry']
    rows = duckdb.sql(f"select {', '.join(chr(34) + n + chr(34) for n in names)} from read_parquet('{args['path']}')")
    wkb = duckdb.sql(f"select geometry from read_parquet('{args['path']}')").fetchall()
    meta = duckdb.sql(
        f"select decode(value) from parquet_kv_metadata('{args['path']}') where decode(key) = 'geo'"
    ).fetchall()
    return {
        'columns': dict(zip(names, [str(t) for n, t in zip(table.columns, table.types) if n != 'geometry'])),
        'rows': [list(row) for row in rows.fetchall()],
        'geo': json.loads(meta[0][0]),
        'wkb': [list(struct.unpack('<BI', bytes(row[0])[:5])) + [len(row[0])] for row in wkb],
    }


commands = {'weights': weights, 'zonal': zonal, 'sample': sample, 'bilinear': bilinear, 'parquet': parquet}

if __name__ == '__main__':
    questions = json.load(sys.stdin)
    json.dump([commands[name](args) for name, args in questions], sys.stdout)
