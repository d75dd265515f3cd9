"""
gdalwarp's answers (rasterio.warp.reproject, error threshold 0.125): reads a JSON list of cases, writes each source as a GeoTIFF
and each warped raster as float64 (NaN where there is nothing), and prints the grids that it chose.
"""

import json
import sys

import numpy as np
import rasterio
from rasterio.transform import Affine
from rasterio.warp import Resampling, calculate_default_transform, reproject


def surface(case):
    """A rolling surface with noise and holes of nodata; classes for `mode`."""
    width, height = case["width"], case["height"]
    rng = np.random.default_rng(3)
    rows, columns = np.mgrid[0:height, 0:width]
    wave = 100 + 60 * np.sin(columns / 17) * np.cos(rows / 23) + rng.uniform(0, 30, (height, width))
    if case.get("classes"):
        wave = 1 + ((columns // 5 * 7 + rows // 4 * 3) % 6) + (rng.uniform(0, 1, (height, width)) < 0.2)
    data = wave.astype(case["dtype"])
    if case.get("nodata") is not None:
        data[height // 5 : height // 3, width // 4 : width // 2] = case["nodata"]
        data[rng.uniform(0, 1, (height, width)) < 0.01] = case["nodata"]
    return data


def make(case):
    data = surface(case)
    profile = dict(driver="GTiff", dtype=case["dtype"], count=1, width=case["width"], height=case["height"], tiled=True,
                   blockxsize=128, blockysize=128, crs=case["crs"], transform=Affine(*case["transform"]), nodata=case.get("nodata"))
    with rasterio.open(case["path"], "w", **profile) as ds:
        ds.write(data, 1)
    return data


def warp(case):
    data = make(case)
    source = Affine(*case["transform"])
    if "grid" in case:
        transform, width, height = Affine(*case["grid"]["transform"]), case["grid"]["width"], case["grid"]["height"]
    else:
        left, top = source * (0, 0)
        right, bottom = source * (case["width"], case["height"])
        transform, width, height = calculate_default_transform(
            case["crs"], case["target"], case["width"], case["height"], left, bottom, right, top)
        coarser = case.get("coarser", 1)
        transform, width, height = transform * Affine.scale(coarser), int(width / coarser), int(height / coarser)
    # Invalid pixels of the result; no surface has this value.
    nothing = -12345.0 if data.dtype.kind == "f" else 255 if data.dtype == "uint8" else 65535
    out = np.full((height, width), nothing, data.dtype)
    reproject(data, out, src_transform=source, src_crs=case["crs"], dst_transform=transform, dst_crs=case["target"],
              resampling=Resampling[case["method"]], src_nodata=case.get("nodata"), dst_nodata=nothing, init_dest_nodata=True,
              tolerance=0.125, SRC_FILL_RATIO_HEURISTICS="NO", **case.get("options", {}))
    values = out.astype("float64")
    values[out == nothing] = np.nan
    values.tofile(case["raw"])
    return {"transform": list(transform)[:6], "width": width, "height": height}


with rasterio.Env(GDAL_PAM_ENABLED="NO"):
    print(json.dumps([warp(case) for case in json.load(sys.stdin)]))
