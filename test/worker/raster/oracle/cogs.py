"""
Reads COGs back with rasterio and recomputes their overviews with numpy: a list of questions on stdin, JSON answers out.
Each question: path, raw (the bands as they were given, little-endian, one after the other), mask (bytes, or absent), dtype, bands,
width, height, nodata, resampling, alpha.
"""

import json
import sys

import numpy as np
import rasterio
from rasterio.warp import transform

from oracle import Encoder, number


def halve(values, valid, resampling):
    """The level above: nodata-aware average, mode (the first of equals) or the upper left pixel of each 2 x 2 group."""
    height, width = values.shape
    shape = (height + 1) // 2, (width + 1) // 2
    corners, flags = [], []
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        value, flag = np.zeros(shape), np.zeros(shape, bool)
        part = values[dy::2, dx::2]
        value[: part.shape[0], : part.shape[1]] = part
        flag[: part.shape[0], : part.shape[1]] = valid[dy::2, dx::2]
        corners.append(value)
        flags.append(flag)
    corners, flags = np.array(corners), np.array(flags)
    count = flags.sum(axis=0)
    if resampling == "nearest":
        return corners[0], flags[0], count
    if resampling == "average":
        total = np.zeros(shape)
        for value, flag in zip(corners, flags):
            total = np.where(flag, total + value, total)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / count
        return mean, count > 0, count
    votes = np.array([sum((corners[i] == corners[j]) & flags[j] for j in range(4)) for i in range(4)])
    best = np.argmax(np.where(flags, votes, -1), axis=0)
    return np.take_along_axis(corners, best[None], axis=0)[0], count > 0, count


def located(question):
    """Where points (longitude, latitude) are in the file's CRS, as GDAL understands it."""
    with rasterio.open(question["path"]) as ds:
        xs, ys = transform("EPSG:4326", ds.crs, *([p[i] for p in question["points"]] for i in (0, 1)))
    return [list(xy) for xy in zip(xs, ys)]


def check(question):
    if "points" in question:
        return located(question)
    dtype, bands, shape = question["dtype"], question["bands"], (question["height"], question["width"])
    given = np.fromfile(question["raw"], dtype).reshape(bands, *shape)
    mask = np.fromfile(question["mask"], "uint8").reshape(shape) != 0 if "mask" in question else None
    out = {"problems": []}
    problem = out["problems"].append
    with rasterio.open(question["path"]) as ds:
        out.update(
            size=[ds.width, ds.height], bands=ds.count, dtype=list(ds.dtypes), nodata=number(ds.nodata), transform=list(ds.transform)[:6],
            epsg=ds.crs.to_epsg(), block=list(ds.block_shapes[0]), overviews=ds.overviews(1), descriptions=ds.descriptions, units=ds.units,
            scales=ds.scales, offsets=ds.offsets, colors=[c.name for c in ds.colorinterp], tags=ds.tags(), band_tags=[ds.tags(i) for i in ds.indexes],
            structure=ds.tags(ns="IMAGE_STRUCTURE"), flags=[[f.name for f in flags] for flags in ds.mask_flag_enums],
            colormap=list(ds.colormap(1).values()) if ds.colorinterp[0].name == "palette" else None,
        )
        out["xy"] = [v[0] for v in transform("EPSG:4326", ds.crs, [question["point"][0]], [question["point"][1]])]
        levels = len(ds.overviews(1))
        values = ds.read()
        valid = np.array([ds.read_masks(i) for i in ds.indexes]) != 0
        if values.dtype.kind == "f":
            valid &= ~np.isnan(values)
    expected = given if mask is None else np.where(mask, given, values)
    if not np.array_equal(values, expected, equal_nan=values.dtype.kind == "f"):
        problem("pixels differ")
    if mask is not None:
        nan = np.isnan(values) if values.dtype.kind == "f" else np.zeros(values.shape, bool)
        if not np.array_equal(valid, np.broadcast_to(mask, values.shape) & ~nan):
            problem("the mask differs")
    out["stats"] = [
        {"count": int(v.sum()), "min": b[v].min(), "max": b[v].max(), "mean": b[v].astype("float64").mean(), "std": b[v].astype("float64").std()}
        if v.any() else {"count": 0} for b, v in zip(values, valid)
    ]
    for level in range(levels):
        with rasterio.open(question["path"], OVERVIEW_LEVEL=level) as ds:
            got = ds.read()
            flags = np.array([ds.read_masks(i) for i in ds.indexes]) != 0
            if got.dtype.kind == "f":
                flags &= ~np.isnan(got)
            for band in range(bands):
                want, ok, _ = halve(values[band].astype("float64"), valid[band], question["resampling"])
                if got.dtype.kind != "f" and question["resampling"] == "average":
                    want = np.floor(want + 0.5)
                if not np.array_equal(flags[band], ok):
                    problem(f"level {level + 1}, band {band + 1}: validity differs at {int((flags[band] != ok).sum())} pixels")
                both = flags[band] & ok
                with np.errstate(invalid="ignore"):
                    worst = np.abs(got[band].astype("float64") - want)[both]
                scale = 1e-6 * (1 + np.abs(want[both])) if got.dtype.kind == "f" else 0
                if both.any() and (worst > scale).any():
                    problem(f"level {level + 1}, band {band + 1}: {int((worst > scale).sum())} pixels are off by up to {worst.max()}")
            values, valid = got, flags
    return out


if __name__ == "__main__":
    with rasterio.Env(GDAL_PAM_ENABLED="NO"):
        print(json.dumps([check(question) for question in json.load(sys.stdin)], cls=Encoder))
