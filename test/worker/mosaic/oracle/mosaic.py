"""Mosaics by rasterio and numpy: reads a JSON list of cases, prints for each the path of the expected float64 pixels (NaN: none)."""

import json
import sys
from contextlib import ExitStack

import numpy as np
import rasterio
from rasterio.merge import merge
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject


def merged(case):
    """rasterio.merge of rasters on one grid."""
    with ExitStack() as stack:
        sources = [stack.enter_context(rasterio.open(path)) for path in case["paths"]]
        data, transform = merge(sources, method=case["method"], nodata=case["nodata"])
    values = data.astype("float64")
    values[data == case["nodata"]] = np.nan
    values.tofile(case["raw"])
    return {"shape": data.shape, "transform": list(transform)[:6]}


def reprojected(case):
    """Each raster by rasterio.warp.reproject, then numpy."""
    width, height = case["width"], case["height"]
    layers = []
    for path in case["paths"]:
        with rasterio.open(path) as ds:
            bands = []
            for band in range(1, ds.count + 1):
                # Interpolation is not rounded.
                source = ds.read(band, masked=True).astype("float64").filled(-9999)
                out = np.full((height, width), -9999.0)
                reproject(source, out, src_transform=ds.transform, src_crs=ds.crs, src_nodata=-9999,
                          dst_transform=Affine(*case["transform"]), dst_crs=case["crs"], dst_nodata=-9999,
                          resampling=Resampling[case["resampling"]], SRC_FILL_RATIO_HEURISTICS="NO")
                bands.append(np.where(out == -9999, np.nan, out))
            layers.append(bands)
    stack = np.array(layers)
    present = ~np.isnan(stack)
    if case["method"] == "mean":
        total = np.where(present, stack, 0).sum(axis=0)
        values = np.where(present.any(axis=0), total / np.maximum(1, present.sum(axis=0)), np.nan)
    else:
        values = np.full(stack.shape[1:], np.nan)
        for layer in stack if case["method"] == "last" else stack[::-1]:
            values = np.where(np.isnan(layer), values, layer)
    values.tofile(case["raw"])
    return {"shape": values.shape, "transform": case["transform"]}


with rasterio.Env(GDAL_PAM_ENABLED="NO"):
    print(json.dumps([{"merged": merged, "reprojected": reprojected}[case["kind"]](case) for case in json.load(sys.stdin)]))
