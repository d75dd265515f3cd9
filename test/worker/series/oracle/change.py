"""Change maps checked with rasterio, numpy and pyproj alone: JSON list of runs on stdin, what was found on stdout.

A run: {maps, before: [scene files], after: [...], method, difference, threshold: {method, ...}}; scenes have the grid of the
maps. Composites, difference, threshold, classes and areas are computed anew from the scenes.
"""
import json
import sys

import numpy as np
import rasterio
from pyproj import Geod, Transformer

geod = Geod(ellps="WGS84")
nodata = np.float32(-9999)


def read(path):
    with rasterio.open(path) as source:
        return source.read(1), source


def composite(paths, method):
    stack = []
    for path in paths:
        with rasterio.open(path) as source:
            stack.append(source.read(1, masked=True).astype("float64").filled(np.nan))
    with np.errstate(all="ignore"):
        import warnings

        warnings.simplefilter("ignore")
        reduced = {"median": np.nanmedian, "mean": np.nanmean}[method](np.stack(stack), axis=0)
    return np.where(np.isnan(reduced), nodata, reduced).astype("float32")


def size_range(differences):
    """Upper edge of the bin of the 99.9th percentile of the sizes that are not 0; bins leave out 16 bits of a float32."""
    sizes = np.sort(np.abs(differences[differences != 0]).astype("float32"))
    at = sizes[len(sizes) - len(sizes) // 1000 - 1 :][:1].view("uint32")
    return min(float(sizes.max()), float((((at >> 16) + 1) << 16).astype("uint32").view("float32")[0]))


def otsu(differences):
    """4096 bins up to the 99.9th percentile of the sizes; the cut with the largest variance between the classes."""
    sizes = np.abs(differences.astype("float64"))
    width = size_range(differences) / 4096
    counts = np.bincount(np.minimum(4095, np.floor(sizes / width)).astype(int), minlength=4096).astype("float64")
    bins = np.arange(4096)
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    moment = np.cumsum(counts * bins)[:-1]
    with np.errstate(all="ignore"):
        between = below * above * (moment / below - (np.sum(counts * bins) - moment) / above) ** 2
    return (np.nanargmax(between) + 1) * width


def cell_areas(source):
    """Geodesic area of every cell: its corners, and 20 points on each edge in degrees, where edges are no geodesics."""
    a, b, c, d, e, f = list(source.transform)[:6]
    to_wgs84 = Transformer.from_crs(source.crs, "EPSG:4326", always_xy=True)
    n = 20 if source.crs.is_geographic else 4
    t = np.linspace(0, 1, n, endpoint=False)
    u = np.concatenate([t, np.ones(n), 1 - t, np.zeros(n)])
    v = np.concatenate([np.zeros(n), t, np.ones(n), 1 - t])
    areas = np.zeros((source.height, source.width))
    for row in range(source.height):
        for column in range(source.width):
            lon, lat = to_wgs84.transform(a * (column + u) + b * (row + v) + c, d * (column + u) + e * (row + v) + f)
            areas[row, column] = abs(geod.polygon_area_perimeter(lon, lat)[0])
    return areas


def check(run):
    maps = run["maps"]
    expected = {period: composite(run[period], run["method"]) for period in ("before", "after")}
    wrong = {period: int(np.sum(read(f"{maps}/{period}.tif")[0] != expected[period])) for period in expected}
    before, after = (expected[period].astype("float64") for period in ("before", "after"))
    with np.errstate(all="ignore"):
        change = after - before
        if run["difference"] == "relative":
            change = np.where(after == before, 0, change / np.abs(before))
        change = change.astype("float32")
    both = (expected["before"] != nodata) & (expected["after"] != nodata)
    valid = both & np.isfinite(change)
    written = read(f"{maps}/difference.tif")[0]
    wrong["difference"] = int(np.sum(written != np.where(valid, change, nodata)))
    values = change[valid]
    threshold = run["threshold"]
    if threshold["method"] == "otsu":
        low, high = -otsu(values), otsu(values)
    elif threshold["method"] == "deviation":
        mean, std = values.astype("float64").mean(), values.astype("float64").std()
        low, high = mean - threshold["deviations"] * std, mean + threshold["deviations"] * std
    else:
        low, high = threshold["decrease"], threshold["increase"]
    below = change <= low if low != 0 else change < 0
    above = change >= high if high != 0 else change > 0
    classes = np.where(valid, np.where(below, 1, np.where(above, 3, 2)), 0)
    map_classes, source = read(f"{maps}/change.tif")
    wrong["classes"] = int(np.sum(map_classes != classes))
    areas = cell_areas(source)
    with rasterio.open(f"{maps}/change.tif") as opened:
        palette = [list(opened.colormap(1)[value][:3]) for value in range(4)]
    return {
        "wrong": wrong,
        "infinite": int(np.sum(both & ~valid)),
        "low": float(low),
        "high": float(high),
        "pixels": [int(np.sum(classes == value)) for value in (1, 2, 3)],
        "areas": [float(areas[classes == value].sum()) for value in (1, 2, 3)],
        "dtype": str(map_classes.dtype),
        "nodata": source.nodata,
        "palette": palette,
    }


print(json.dumps([check(run) for run in json.load(sys.stdin)]))
