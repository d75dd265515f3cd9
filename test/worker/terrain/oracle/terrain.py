"""gdaldem as the oracle of the terrain analysis: GDAL's own DEMProcessing, called in the library that rasterio brings.

Reads a list of [command, arguments] and prints the list of answers, both JSON.
"""

import ctypes
import glob
import json
import math
import os
import sys

import numpy as np
import rasterio
from pyproj import Geod
from rasterio.transform import from_origin


def load_gdal():
    package = os.path.dirname(rasterio.__file__)
    folders = [os.path.join(package, "..", "rasterio.libs"), os.path.join(package, ".dylibs")]
    gdal = ctypes.CDLL([path for folder in folders for path in glob.glob(os.path.join(folder, "libgdal*"))][0])
    pointer = ctypes.c_void_p
    signatures = {
        "GDALOpen": (pointer, [ctypes.c_char_p, ctypes.c_int]),
        "GDALClose": (ctypes.c_int, [pointer]),
        "GDALDEMProcessingOptionsNew": (pointer, [pointer, pointer]),
        "GDALDEMProcessingOptionsFree": (None, [pointer]),
        "GDALDEMProcessing": (
            pointer,
            [ctypes.c_char_p, pointer, ctypes.c_char_p, ctypes.c_char_p, pointer, pointer],
        ),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(gdal, name)
        function.restype, function.argtypes = result, arguments
    gdal.GDALAllRegister()
    return gdal


GDAL = load_gdal()


def gdaldem(source, target, mode, options):
    words = (ctypes.c_char_p * (len(options) + 1))(*[word.encode() for word in options], None)
    parsed = GDAL.GDALDEMProcessingOptionsNew(words, None)
    opened = GDAL.GDALOpen(source.encode(), 0)
    error = ctypes.c_int(0)
    made = GDAL.GDALDEMProcessing(target.encode(), opened, mode.encode(), None, parsed, ctypes.byref(error))
    if not made:
        raise RuntimeError(f"gdaldem {mode} {options} failed")
    GDAL.GDALClose(made)
    GDAL.GDALClose(opened)
    GDAL.GDALDEMProcessingOptionsFree(parsed)


def heights(width, height, seed, step):
    """Hills in whole steps, so that sums of them are exact in gdaldem's float32; with a flat part."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    hills = 900 + 400 * np.sin(x / 23.0) * np.cos(y / 31.0) + 0.7 * x + random.normal(0, 6, (height, width))
    values = np.round(hills / step) * step
    values[height // 3 : height // 3 + 12, width // 3 : width // 3 + 20] = 700
    return values


def make(path, width, height, dtype, nodata=None, holes=False, epsg=32633, transform=None, seed=1, step=0.125, unit=None, block=256):
    values = heights(width, height, seed, step)
    if dtype == "uint8":
        values = np.clip(values / 8, 0, 254)
    values = values.astype(dtype)
    if holes:
        random = np.random.default_rng(seed + 1)
        values[random.random(values.shape) < 0.01] = nodata
        values[:9, -7:] = nodata
    grid = rasterio.Affine(*transform) if transform else from_origin(500000, 5200000, 30, 30)
    profile = dict(
        driver="GTiff", width=width, height=height, count=1, dtype=dtype, nodata=nodata,
        crs=None if epsg is None else f"EPSG:{epsg}", transform=grid, tiled=True, blockxsize=block, blockysize=block, compress="deflate",
    )
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)
        if unit is not None:
            file.units = [unit]
    return None


def compare(ours, dem, mode, options, circular=False):
    reference = ours + ".gdal.tif"
    gdaldem(dem, reference, mode, options)
    with rasterio.open(ours) as file:
        mine, mine_nodata, profile = file.read(1), file.nodata, file.profile
    with rasterio.open(reference) as file:
        theirs, theirs_nodata, expected = file.read(1), file.nodata, file.profile
    mine_valid, their_valid = mine != mine_nodata, theirs != theirs_nodata
    both = mine_valid & their_valid
    difference = np.abs(mine[both].astype("f8") - theirs[both].astype("f8"))
    if circular:
        difference = np.minimum(difference, 360 - difference)
    return {
        "valid": int(mine_valid.sum()),
        "validity_differs": int((mine_valid != their_valid).sum()),
        "max": float(difference.max()),
        "range": [float(mine[mine_valid].min()), float(mine[mine_valid].max())],
        "same_grid": profile["transform"] == expected["transform"] and profile["crs"] == expected["crs"] and mine.shape == theirs.shape,
        "dtype": [str(mine.dtype), str(theirs.dtype)],
    }


def geodesic_slope(ours, dem):
    """Horn's slope with the true width and height of every cell, as pyproj's geodesics have them; and true areas."""
    geod = Geod(ellps="WGS84")
    with rasterio.open(dem) as file:
        z, t = file.read(1).astype("f8"), file.transform
    with rasterio.open(ours) as file:
        mine, nodata = file.read(1), file.nodata
    rows = np.arange(z.shape[0])
    latitudes = t.f + (rows + 0.5) * t.e
    half = -t.e / 2
    # The parallel's arc from a short geodesic: three orders of magnitude finer than the cell.
    fine = t.a / 1000
    wide = np.array([geod.inv(10 - fine / 2, y, 10 + fine / 2, y)[2] * 1000 for y in latitudes])
    high = np.array([geod.inv(10, y - half, 10, y + half)[2] for y in latitudes])
    n, s, w, e = z[:-2], z[2:], z[:, :-2], z[:, 2:]
    dx = (e[:-2] + 2 * e[1:-1] + e[2:]) - (w[:-2] + 2 * w[1:-1] + w[2:])
    dy = (n[:, :-2] + 2 * n[:, 1:-1] + n[:, 2:]) - (s[:, :-2] + 2 * s[:, 1:-1] + s[:, 2:])
    slope = np.degrees(np.arctan(np.hypot(dx / (8 * wide[1:-1, None]), dy / (8 * high[1:-1, None]))))
    inner = mine[1:-1, 1:-1]
    return {"max": float(np.abs(inner - slope).max()), "valid": int((mine != nodata).sum())}


def areas(dem):
    """Sum of the true areas of all cells: geodesic polygons of the rows' strips, or of the cells' corners through PROJ."""
    from pyproj import CRS, Transformer

    with rasterio.open(dem) as file:
        t, shape, crs = file.transform, file.shape, file.crs
    geod = Geod(ellps="WGS84")
    to_degrees = Transformer.from_crs(CRS(crs), CRS(4326), always_xy=True)
    xs = t.c + np.linspace(0, shape[1], 201) * t.a
    ys = t.f + np.linspace(0, shape[0], 201) * t.e
    edge_x = np.concatenate([xs, np.full(201, xs[-1]), xs[::-1], np.full(201, xs[0])])
    edge_y = np.concatenate([np.full(201, ys[0]), ys, np.full(201, ys[-1]), ys[::-1]])
    lon, lat = to_degrees.transform(edge_x, edge_y)
    return {"area": abs(geod.polygon_area_perimeter(lon, lat)[0])}


def cells(epsg, transform, at):
    """Geodesic areas of single cells."""
    from pyproj import CRS, Transformer

    geod = Geod(ellps="WGS84")
    to_degrees = Transformer.from_crs(CRS(epsg), CRS(4326), always_xy=True)
    t = rasterio.Affine(*transform)
    found = []
    for column, row in at:
        side = np.linspace(0, 1, 33)
        u = np.concatenate([side, np.ones(33), side[::-1], np.zeros(33)]) + column
        v = np.concatenate([np.zeros(33), side, np.ones(33), side[::-1]]) + row
        lon, lat = to_degrees.transform(t.c + u * t.a, t.f + v * t.e)
        found.append(abs(geod.polygon_area_perimeter(lon, lat)[0]))
    return {"areas": found}


COMMANDS = {"make": make, "compare": compare, "geodesic_slope": geodesic_slope, "areas": areas, "cells": cells}
print(json.dumps([COMMANDS[command](**arguments) for command, arguments in json.load(sys.stdin)]))
