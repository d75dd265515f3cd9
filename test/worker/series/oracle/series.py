"""Values of scenes at points and within polygons, by rasterio, shapely-free exact clipping and numpy: JSON in and out.

A polygon is clipped against every pixel by Sutherland and Hodgman, with edges that are straight in the raster's own
CRS between 200 points an edge in longitude and latitude. Points: `rasterio` window reads.
"""
import json
import sys

import numpy as np
import rasterio
from pyproj import Transformer

question = json.load(sys.stdin)


def clip(polygon, inside, cross):
    result = []
    for k, here in enumerate(polygon):
        before = polygon[k - 1]
        if inside(here):
            if not inside(before):
                result.append(cross(before, here))
            result.append(here)
        elif inside(before):
            result.append(cross(before, here))
    return result


def at_x(x):
    return lambda a, b: (x, a[1] + (b[1] - a[1]) * (x - a[0]) / (b[0] - a[0]))


def at_y(y):
    return lambda a, b: (a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]), y)


def area(polygon):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, polygon[1:] + polygon[:1]))) / 2


def coverage(ring, source):
    """Share of each pixel that a ring covers, and the ring's whole area in pixels."""
    to_raster = Transformer.from_crs("EPSG:4326", source.crs, always_xy=True)
    points = []
    for (x1, y1), (x2, y2) in zip(ring, ring[1:]):
        t = np.linspace(0, 1, 200, endpoint=False)
        xs, ys = to_raster.transform(x1 + (x2 - x1) * t, y1 + (y2 - y1) * t)
        columns, rows = ~source.transform * (np.array(xs), np.array(ys))
        points += list(zip(columns.tolist(), rows.tolist()))
    weights = np.zeros((source.height, source.width))
    for row in range(source.height):
        strip = clip(points, lambda p: p[1] >= row, at_y(row))
        strip = clip(strip, lambda p: p[1] <= row + 1, at_y(row + 1)) if strip else []
        if not strip:
            continue
        for column in range(source.width):
            part = clip(strip, lambda p: p[0] >= column, at_x(column))
            part = clip(part, lambda p: p[0] <= column + 1, at_x(column + 1)) if part else []
            weights[row, column] = area(part) if len(part) > 2 else 0
    return weights, area(points)


def weights_of(geometry, source, sampling):
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Polygon":
        return coverage(coordinates[0], source)
    weights = np.zeros((source.height, source.width))
    points = [coordinates] if kind == "Point" else coordinates
    to_raster = Transformer.from_crs("EPSG:4326", source.crs, always_xy=True)
    for lon, lat in points:
        column, row = ~source.transform * to_raster.transform(lon, lat)
        if not (0 <= column < source.width and 0 <= row < source.height):
            continue
        if sampling == "nearest":
            weights[int(row), int(column)] += 1 / len(points)
            continue
        for i in (int(np.floor(column - 0.5)), int(np.floor(column - 0.5)) + 1):
            for j in (int(np.floor(row - 0.5)), int(np.floor(row - 0.5)) + 1):
                if 0 <= i < source.width and 0 <= j < source.height:
                    weights[j, i] += (1 - abs(column - 0.5 - i)) * (1 - abs(row - 0.5 - j)) / len(points)
    return weights, 1.0


known = {}
rows = []
for scene in question["scenes"]:
    with rasterio.open(scene) as source:
        values = source.read(1, masked=True)
        data = values.astype("float64").filled(np.nan) * question["scale"]
        for index, geometry in enumerate(question["geometries"]):
            key = (index, str(source.crs), tuple(source.transform), source.shape)
            if key not in known:
                known[key] = weights_of(geometry, source, question["sampling"])
            weights, total = known[key]
            clear = np.where(np.isnan(data), 0, weights)
            covered = weights.sum()
            weight = clear.sum()
            mean = np.nansum(clear * np.nan_to_num(data)) / weight if weight > 0 else None
            std = np.sqrt(np.sum(clear * (np.nan_to_num(data) - mean) ** 2) / weight) if weight > 0 else None
            rows.append({"covered": covered, "value": mean, "std": std, "weight": weight, "total": total})
print(json.dumps(rows))
