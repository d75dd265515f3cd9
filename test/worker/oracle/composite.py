"""Median NDVI of many scenes on one grid, with rasterio and numpy alone.

Use: composite.py OUT.npy CRS RESOLUTION WEST SOUTH EAST NORTH NIR RED QA [NIR RED QA ...]
Every band is warped with the nearest neighbour (tolerance 0: exact positions). A pixel of a scene counts where nir and red
are not 0, their sum is not 0, and bits 0 and 4 of qa are unset. NaN where no scene counts.
"""
import sys

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin
from rasterio.warp import reproject

out, crs, res, west, south, east, north = sys.argv[1:8]
res, west, south, east, north = map(float, (res, west, south, east, north))
width, height = round((east - west) / res), round((north - south) / res)
transform = from_origin(west, north, res, res)


def warped(path, fill):
    target = np.full((height, width), fill, dtype="uint16")
    with rasterio.open(path) as source:
        reproject(
            source.read(1), target, src_transform=source.transform, src_crs=source.crs, dst_transform=transform,
            dst_crs=crs, src_nodata=None, dst_nodata=fill, init_dest_nodata=True, resampling=Resampling.nearest, tolerance=0.0,
        )
    return target


def ndvi(nir_path, red_path, qa_path):
    nir, red = (warped(path, 0).astype("float64") for path in (nir_path, red_path))
    # Outside the scene qa is filled with 1: bit 0 is "fill".
    qa = warped(qa_path, 1)
    counts = (nir != 0) & (red != 0) & (nir + red != 0) & ((qa & 0b10001) == 0)
    with np.errstate(all="ignore"):
        return np.where(counts, (nir - red) / (nir + red), np.nan)


paths = sys.argv[8:]
stack = np.stack([ndvi(*paths[i : i + 3]) for i in range(0, len(paths), 3)])
with np.errstate(all="ignore"):
    import warnings

    warnings.simplefilter("ignore")
    np.save(out, np.stack([np.nanmedian(stack, axis=0), np.sum(~np.isnan(stack), axis=0)]))
