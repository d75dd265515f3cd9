"""
Writes GeoTIFFs of every layout that GDAL makes from a list of questions on stdin, and says what GDAL reads from each: per band and level
(full resolution, a window, overviews) the number of valid values, their sum, and a CRC of all pixels and of the mask. JSON on stdout.
"""

import json
import os
import sys
import zlib

import numpy as np
import rasterio
import rasterio.errors
from rasterio.enums import Resampling
from rasterio.transform import Affine
from rasterio.windows import Window

from oracle import Encoder, sample


def make(question):
    dtype, bands, height, width = (question[key] for key in ("dtype", "bands", "height", "width"))
    data = sample(dtype, bands, height, width, question["seed"])
    if dtype.endswith("int64"):
        # Within 2^53, which the reader needs.
        data = data % 2**50 - (2**49 if dtype == "int64" else 0)
    if question.get("nodata") is not None:
        data[:, 20:35, 10:70] = float(question["nodata"])
    if question.get("nan"):
        data[:, 60:63, 5:50] = np.nan
    profile = dict(
        driver="GTiff", dtype=dtype, count=bands, height=height, width=width, crs="EPSG:32618",
        transform=Affine(30, 0, 500000, 0, -30, 4500000), **question["options"],
    )
    if question.get("nodata") is not None:
        profile["nodata"] = float(question["nodata"])
    path = question["path"]
    cog = question.get("cog")
    try:
        with rasterio.open(path + ".plain.tif" if cog else path, "w", **profile) as ds:
            ds.write(data)
            if question.get("mask"):
                mask = np.full((height, width), 255, "uint8")
                mask[5:50, 7:60] = 0
                ds.write_mask(mask)
    except rasterio.errors.RasterioError as error:
        return None, str(error)
    if cog:
        from rasterio.shutil import copy

        copy(path + ".plain.tif", path, driver="COG", **cog)
        os.remove(path + ".plain.tif")
    elif question.get("overviews"):
        with rasterio.open(path, "r+") as ds:
            ds.build_overviews([2, 4], Resampling.nearest)
    return data, None


def facts(ds, window=None):
    """One entry a band; sums in extended precision."""
    out = []
    for band in ds.indexes:
        values, mask = ds.read(band, window=window), ds.read_masks(band, window=window) != 0
        if values.dtype.kind == "f":
            mask = mask & ~np.isnan(values)
        wide = values.astype("float64") if values.dtype in ("int64", "uint64") else values
        valid = values[mask].astype(np.longdouble)
        out.append({
            "shape": list(values.shape), "count": int(mask.sum()), "sum": float(valid.sum()), "scale": float(np.abs(valid).sum()),
            "crc": zlib.crc32(np.ascontiguousarray(wide).tobytes()), "maskCrc": zlib.crc32(mask.astype("uint8").tobytes()),
        })
    return out


def palettes(path):
    """Puts colour maps of other multipliers than GDAL's own 257 into a file, and says which colours GDAL then reads."""
    out = []
    for factor, more in ((257, 0), (256, 0), (1, 0), (200, 17), (255, 0)):
        name = f"{path}-{factor}.tif"
        with rasterio.open(name, "w", driver="GTiff", width=4, height=4, count=1, dtype="uint8") as ds:
            ds.write(np.zeros((1, 4, 4), "uint8"))
            ds.write_colormap(1, {i: (i, 255 - i, i * 7 % 256, 255) for i in range(256)})
        with open(name, "rb") as file:
            content = bytearray(file.read())
        own = np.array([[i, 255 - i, i * 7 % 256] for i in range(256)]).T.ravel()
        at = content.index((own * 257).astype("<u2").tobytes())
        content[at : at + 1536] = (own * factor + more).astype("<u2").tobytes()
        with open(name, "wb") as file:
            file.write(content)
        with rasterio.open(name) as ds:
            out.append({"path": name, "colors": [list(color[:3]) for color in ds.colormap(1).values()]})
    return out


def answer(question):
    if question.get("palettes"):
        return palettes(question["path"])
    data, error = (None, None) if question.get("existing") else make(question)
    if error is not None:
        return {"error": error}
    with rasterio.open(question["path"]) as ds:
        given = data is None or question.get("lossy") or np.array_equal(ds.read(), data, equal_nan=data.dtype.kind == "f")
        x, y, width, height = question["window"]
        out = {"lossless": bool(given), "full": facts(ds), "window": facts(ds, Window(x, y, width, height)), "overviews": []}
        levels = len(ds.overviews(1))
    for level in range(levels):
        with rasterio.open(question["path"], OVERVIEW_LEVEL=level) as ds:
            out["overviews"].append(facts(ds))
    return out


if __name__ == "__main__":
    with rasterio.Env(GDAL_PAM_ENABLED="NO", GDAL_TIFF_INTERNAL_MASK="YES"):
        print(json.dumps([answer(question) for question in json.load(sys.stdin)], cls=Encoder))
