"""Zonal statistics by brute force: rasterio's masked read, weights of exact_weights, numpy for the rest."""

import json

import numpy as np
import rasterio
from exact_weights import densify, polygon_weights
from pyproj import Geod, Transformer

geod = Geod(ellps='WGS84')
known = {}


def cell_areas(dataset, touched):
    """Geodesic area of every pixel that is touched, m2."""
    back = Transformer.from_crs(dataset.crs, 'OGC:CRS84', always_xy=True)
    areas = np.zeros((dataset.height, dataset.width))
    for row, column in zip(*np.nonzero(touched)):
        corners = [dataset.transform * (column + i, row + j) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]
        xs, ys = zip(*densify(corners, 4))
        areas[row, column] = abs(geod.polygon_area_perimeter(*back.transform(xs, ys))[0])
    return areas


def zone_area(geometry):
    polygons = [geometry['coordinates']] if geometry['type'] == 'Polygon' else geometry['coordinates']
    total = 0
    for rings in polygons:
        for index, ring in enumerate(rings):
            xs, ys = zip(*densify([tuple(p) for p in ring], 100))
            total += abs(geod.polygon_area_perimeter(xs, ys)[0]) * (1 if index == 0 else -1)
    return total


def percentile(values, weights, q):
    q = min(max(q, 0), 100)
    return float(np.percentile(values, q, weights=weights, method='inverted_cdf'))


def zonal(args):
    """Statistics of each zone in each band; `scaled` applies scale and offset, `by_area` weighs by ground area."""
    out = []
    with rasterio.open(args['path']) as dataset:
        epsg = dataset.crs.to_epsg()
        transform = list(dataset.transform)[:6]
        size = [0, 0, dataset.width, dataset.height]
        for geometry in args['geometries']:
            key = json.dumps([geometry, transform, size, epsg])
            if key not in known:
                weights = polygon_weights(
                    geometry, transform, size, None if epsg == 4326 else epsg, in_floats=args.get('in_floats', False)
                )
                weights[weights < 1e-9] = 0
                known[key] = weights, cell_areas(dataset, weights > 0)
            weights, areas = known[key]
            for band in args['bands']:
                data = dataset.read(band, masked=True)
                mask = np.ma.getmaskarray(data) | ~np.isfinite(data.data.astype('float64'))
                values = data.data.astype('float64')
                if args.get('scaled'):
                    values = values * dataset.scales[band - 1] + dataset.offsets[band - 1]
                use = (weights > 0) & ~mask
                out.append(one(values[use], weights[use], areas[use], weights.sum(), zone_area(geometry), args))
    return out


def one(values, coverage, areas, covered, whole, args):
    if len(values) == 0:
        return {'pixels': 0, 'count': 0.0, 'covered': covered, 'zone_area': whole}
    weights = coverage * areas if args.get('by_area') else coverage
    mean = np.average(values, weights=weights)
    distinct = np.unique(values)
    totals = [weights[values == v].sum() for v in distinct]
    ground = [(coverage * areas)[values == v].sum() for v in distinct]
    return {
        'pixels': len(values),
        'count': coverage.sum(),
        'covered': covered,
        'zone_area': whole,
        'area': (coverage * areas).sum(),
        'sum': (coverage * values).sum(),
        'mean': mean,
        'std': np.sqrt(np.average((values - mean) ** 2, weights=weights)),
        'min': values.min(),
        'max': values.max(),
        'percentiles': [
            [percentile(values, weights, p + d) for d in (-1e-3, 0, 1e-3)] for p in args['percentiles']
        ],
        'variety': len(distinct),
        'majority': distinct[int(np.argmax(totals))],
        'minority': distinct[int(np.argmin(totals))],
        'classes': [[float(v), float(a)] for v, a in zip(distinct, ground)],
    }
