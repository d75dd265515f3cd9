"""Exact area weights by brute force: every pixel is clipped out of the polygon, in rational numbers where asked."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
from pyproj import Transformer


def clip(ring, axis, at, keep):
    """Sutherland-Hodgman against one half plane; the area of what is left is exact for any ring."""
    out = []
    for i, point in enumerate(ring):
        previous = ring[i - 1]
        inside = (point[axis] - at) * keep >= 0
        was_inside = (previous[axis] - at) * keep >= 0
        if inside != was_inside:
            share = (at - previous[axis]) / (point[axis] - previous[axis])
            other = previous[1 - axis] + (point[1 - axis] - previous[1 - axis]) * share
            out.append((at, other) if axis == 0 else (other, at))
        if inside:
            out.append(point)
    return out


def shoelace(ring):
    total = 0
    for i, (x, y) in enumerate(ring):
        px, py = ring[i - 1]
        total += px * y - x * py
    return abs(total) / 2


def ring_weights(ring, x0, y0, width, height):
    """Area of the ring in each pixel of a window. The ring is cut into columns of each row first, to be quick."""
    weights = np.zeros((height, width))
    for row in range(height):
        strip = clip(clip(ring, 1, y0 + row, 1), 1, y0 + row + 1, -1)
        if len(strip) < 3:
            continue
        xs = [x for x, _ in strip]
        first, last = max(0, floor(min(xs)) - x0), min(width, ceil(max(xs)) - x0)
        for column in range(first, last):
            cell = clip(clip(strip, 0, x0 + column, 1), 0, x0 + column + 1, -1)
            if len(cell) >= 3:
                weights[row, column] = float(shoelace(cell))
    return weights


def densify(ring, count):
    points = []
    for (x1, y1), (x2, y2) in zip(ring[:-1], ring[1:]):
        points += [(x1 + (x2 - x1) * k / count, y1 + (y2 - y1) * k / count) for k in range(count)]
    return points


def polygon_weights(geometry, transform, window, epsg=None, pieces=40, in_floats=False):
    """Fractions of pixels that a GeoJSON (multi)polygon covers; rational arithmetic without a CRS, else pyproj."""
    x0, y0, width, height = window
    polygons = [geometry['coordinates']] if geometry['type'] == 'Polygon' else geometry['coordinates']
    total = np.zeros((height, width))
    a, b, c, d, e, f = transform
    for rings in polygons:
        for index, ring in enumerate(rings):
            if epsg is None:
                number = float if in_floats else Fraction
                A, B, C, D, E, F = (number(v) for v in transform)
                det = A * E - B * D
                points = [(number(x), number(y)) for x, y in ring[:-1]]
                placed = [((E * (x - C) - B * (y - F)) / det, (A * (y - F) - D * (x - C)) / det) for x, y in points]
            else:
                forward = Transformer.from_crs('OGC:CRS84', f'EPSG:{epsg}', always_xy=True)
                points = densify(ring, pieces)
                xs, ys = forward.transform([p[0] for p in points], [p[1] for p in points])
                det = a * e - b * d
                placed = [
                    ((e * (x - c) - b * (y - f)) / det, (a * (y - f) - d * (x - c)) / det) for x, y in zip(xs, ys)
                ]
            total += ring_weights(placed, x0, y0, width, height) * (1 if index == 0 else -1)
    return total
