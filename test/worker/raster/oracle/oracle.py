"""Answers questions about rasters with rasterio/GDAL: `oracle.py COMMAND JSON` prints JSON."""

import json
import os
import struct
import sys

import numpy as np
import rasterio
import rasterio.errors
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject, transform, transform_bounds


def number(value):
    return None if value is None else ("nan" if np.isnan(value) else float(value))


def describe(args):
    """Everything that a reader sees of a file; `raw` is where the pixels of every level are put, little-endian, by band."""
    out = {}
    if not os.path.exists(args["path"]):
        return out
    with rasterio.open(args["path"]) as ds:
        out.update(
            size=[ds.width, ds.height], bands=ds.count, dtype=ds.dtypes[0], nodata=number(ds.nodata),
            epsg=ds.crs.to_epsg() if ds.crs else None, proj4=ds.crs.to_proj4() if ds.crs else None,
            transform=list(ds.transform)[:6], descriptions=ds.descriptions,
            overviews=ds.overviews(1), block=list(ds.block_shapes[0]), compression=ds.profile.get("compress"),
            tags=ds.tags(), band_tags=[ds.tags(i) for i in ds.indexes], structure=ds.tags(ns="IMAGE_STRUCTURE"),
            masked=[stats(ds.read(i, masked=True)) for i in ds.indexes],
        )
        if "raw" in args:
            with open(args["raw"], "wb") as raw:
                dtype = "float64" if ds.dtypes[0] in ("int64", "uint64") else ds.dtypes[0]
                raw.write(ds.read().astype(dtype).tobytes())
    for level in range(len(out["overviews"])):
        with rasterio.open(args["path"], OVERVIEW_LEVEL=level) as ds:
            with open(f"{args['raw']}.{level}", "wb") as raw:
                raw.write(ds.read().tobytes())
    if args.get("validate"):
        from rio_cogeo.cogeo import cog_validate

        valid, errors, warnings = cog_validate(args["path"], strict=True, quiet=True)
        out["cog"] = {"valid": valid, "errors": errors, "warnings": warnings}
    return out


def stats(band):
    values = np.ma.masked_invalid(band).compressed().astype("float64")
    if values.size == 0:
        return {"count": 0}
    return {"count": int(values.size), "min": values.min(), "max": values.max(), "mean": values.mean(), "std": values.std()}


def sample(dtype, bands, height, width, seed):
    rng = np.random.default_rng(seed)
    base = np.add.outer(np.arange(height), np.arange(width))[None] + 10 * np.arange(bands)[:, None, None]
    noise = rng.integers(0, 50, (bands, height, width))
    if np.dtype(dtype).kind == "f":
        return (base * 0.37 + noise * 1e-3 - 20).astype(dtype)
    info = np.iinfo(dtype)
    return ((base * 7 + noise) % min(int(info.max), 2**31) + (int(info.min) // 2 if info.min < 0 else 0)).astype(dtype)


def layout(args):
    """Writes a file in one of GDAL's layouts."""
    options = dict(args.get("options", {}))
    dtype = args.get("dtype", "uint16")
    bands, height, width = args.get("bands", 1), args.get("height", 150), args.get("width", 200)
    data = sample(dtype, bands, height, width, 7)
    profile = dict(
        driver="GTiff", dtype=dtype, count=bands, height=height, width=width,
        crs=args.get("crs", "EPSG:32618"), transform=Affine(*args.get("transform", [30, 0, 500000, 0, -30, 4500000])), **options,
    )
    if args.get("nodata") is not None:
        profile["nodata"] = float(args["nodata"])
        data[:, 10:40, 20:60] = profile["nodata"]
    if profile["crs"] is None:
        del profile["crs"], profile["transform"]
    if args.get("bits"):
        data = (data % 2).astype(dtype)
    if args.get("sparse"):
        data[:] = 0
    if args.get("random"):
        rng = np.random.default_rng(5)
        data = (rng.normal(0, 1000, data.shape) if data.dtype.kind == "f" else rng.integers(0, 2**63, data.shape)).astype(dtype)
    if args.get("modulo"):
        data %= args["modulo"]
    for value, at in args.get("fill", []):
        data[:, at : at + 10] = float(value)
    if args.get("alphaValues"):
        data[-1], top = 0, np.iinfo(dtype).max if data.dtype.kind != "f" else 255
        data[-1, 40:], data[-1, 50:60] = top, 3
    env = {"GDAL_TIFF_INTERNAL_MASK": "NO" if args.get("mask") == "external" else "YES"} if args.get("mask") else {}
    with rasterio.Env(**env):
        try:
            open_file = rasterio.open(args["path"], "w", **profile)
        except rasterio.errors.RasterioError as error:
            # A GDAL built without this codec.
            return {"error": str(error)}
        with open_file as ds:
            if args.get("sparse"):
                ds.write(np.full((bands, 16, 16), 5, dtype), window=((0, 16), (0, 16)))
            else:
                ds.write(data)
            if args.get("mask"):
                mask = np.full((height, width), 255, "uint8")
                mask[5:50, 7:90] = 0
                ds.write_mask(mask)
            if args.get("scale"):
                ds.scales, ds.offsets = [0.5] * bands, [10.0] * bands
    if args.get("nodataText") is not None:
        set_nodata_text(args["path"], args["nodataText"])
    if args.get("overviews"):
        with rasterio.Env(TIFF_USE_OVR="YES"), rasterio.open(args["path"], "r+") as ds:
            ds.build_overviews(args["overviews"], Resampling.average)
    return {}


def set_nodata_text(path, text):
    """Puts a text that GDAL would not write into GDAL_NODATA (tag 42113) of a little-endian classic TIFF."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    entries = [bytes(content[at + 2 + 12 * i : at + 14 + 12 * i]) for i in range(count)]
    value = text.encode() + b"\0"
    pointer = struct.pack("<I", len(content)) if len(value) > 4 else value.ljust(4, b"\0")
    content += value + b"\0" * (len(value) % 2)
    following = bytes(content[at + 2 + 12 * count : at + 6 + 12 * count])
    entries = [entry for entry in entries if struct.unpack_from("<H", entry)[0] != 42113]
    entries.append(struct.pack("<HHI", 42113, 2, len(value)) + pointer)
    entries.sort(key=lambda entry: struct.unpack_from("<H", entry)[0])
    struct.pack_into("<I", content, 4, len(content))
    content += struct.pack("<H", len(entries)) + b"".join(entries) + following
    with open(path, "wb") as file:
        file.write(content)


def warp(args):
    """
    Nearest-neighbour reprojection: writes float64 values found by transforming every pixel centre with PROJ, then those of
    `rasterio.warp.reproject`, whose approximate transformer may be off by 0.125 source pixels.
    """
    shape = args["height"], args["width"]
    target, crs = Affine(*args["transform"]), CRS.from_user_input(args["crs"])
    with rasterio.open(args["path"]) as ds:
        index = np.arange(ds.width * ds.height, dtype="float64").reshape(ds.height, ds.width)
        columns, rows = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
        xs, ys = transform(crs, ds.crs, *(v.ravel() for v in (target.c + columns * target.a, target.f + rows * target.e)))
        px, py = ~ds.transform * (np.array(xs), np.array(ys))
        with np.errstate(invalid="ignore"):
            inside = (px >= 0) & (py >= 0) & (px <= ds.width) & (py <= ds.height)
        # gdalwarp's nearest: floor with 1e-10 px of slack, the last edge belongs to the last pixel.
        column, row = (np.floor(np.where(inside, v, 0) + 1e-10).astype("int64") for v in (px, py))
        exact = np.where(inside, np.minimum(row, ds.height - 1) * ds.width + np.minimum(column, ds.width - 1), -1)
        default = np.full(shape, -1.0)
        reproject(
            index, default, src_transform=ds.transform, src_crs=ds.crs, dst_transform=target, dst_crs=crs,
            resampling=Resampling.nearest, init_dest_nodata=True, dst_nodata=-1.0, src_nodata=-2.0,
        )
        values, valid = ds.read(1).astype("float64").ravel(), ds.read_masks(1).ravel() != 0
        with open(args["raw"], "wb") as raw:
            for positions in (exact, default):
                at = positions.ravel().astype("int64")
                ok = (at >= 0) & valid[np.maximum(at, 0)]
                raw.write(np.where(ok, values[np.maximum(at, 0)], np.nan).tobytes())
    return {}


def points(args):
    xs, ys = transform(args["from"], args["to"], [p[0] for p in args["points"]], [p[1] for p in args["points"]])
    return [[x, y] for x, y in zip(xs, ys)]


def bounds(args):
    return list(transform_bounds(args["from"], args["to"], *args["bbox"], densify_pts=21))


def wrapped(args):
    """Values at points, given in the file's own CRS, that may lie whole turns away."""
    with rasterio.open(args["path"]) as ds:
        return [int(v[0]) for v in ds.sample([((x - ds.bounds.left) % 360 + ds.bounds.left, y) for x, y in args["points"]])]


def pixels(args):
    """The stored values [column, row] -> one per band, and whether each is valid."""
    from rasterio.windows import Window

    with rasterio.open(args["path"]) as ds:
        out = []
        for column, row in args["pixels"]:
            window = Window(column, row, 1, 1)
            values, masks = ds.read(window=window), ds.read_masks(window=window)
            out.append([[repr(float(v)), bool(m)] for v, m in zip(values.ravel(), masks.ravel())])
        return out


def distribution(args):
    """Count, least, greatest and percentiles of the valid finite values of a band at full resolution or in an overview."""
    options = {} if args["level"] == 0 else {"OVERVIEW_LEVEL": args["level"] - 1}
    with rasterio.open(args["path"], **options) as ds:
        values = np.ma.masked_invalid(ds.read(args["band"], masked=True)).compressed().astype("float64")
    return [int(values.size), values.min(), values.max(), *np.percentile(values, [2, 98])]


def bigcog(args):
    """A float32 COG of a smooth surface with noise, as elevation or reflectance is: hardly compressible, about 200 MB."""
    size, rng = args["size"], np.random.default_rng(11)
    profile = dict(driver="GTiff", dtype="float32", count=1, width=size, height=size, nodata=-9999, tiled=True, BIGTIFF="YES",
                   crs=args["crs"], transform=Affine(10, 0, 399960, 0, -10, 4500000))
    x = np.linspace(0, 12, size, dtype="float32")
    temporary = args["path"] + ".plain.tif"
    with rasterio.open(temporary, "w", **profile) as ds:
        for row in range(0, size, 512):
            y = np.linspace(12 * row / size, 12 * (row + 512) / size, 512, dtype="float32")
            band = 300 + 200 * np.sin(x)[None] * np.cos(y * 1.3)[:, None] + rng.normal(0, 3, (512, size)).astype("float32")
            ds.write(band.astype("float32"), 1, window=((row, row + 512), (0, size)))
    from rasterio.shutil import copy

    copy(temporary, args["path"] + ".part", driver="COG", COMPRESS="DEFLATE", LEVEL=1, PREDICTOR="YES", NUM_THREADS="2")
    os.remove(temporary)
    os.rename(args["path"] + ".part", args["path"])
    return os.path.getsize(args["path"])


def patches(args):
    """A COG whose pixels are 100 and 200 in a chequerboard, with a hole of nodata; drawn, it shows where each pixel lies."""
    width, height, square = args["width"], args["height"], args["square"]
    rows, columns = np.mgrid[0:height, 0:width]
    data = np.where((rows // square + columns // square) % 2 == 0, 100, 200).astype("float32")
    data[height // 4 : height // 3, width // 2 : width // 2 + square * 2] = -9999
    # Values of their own, so that an inspector can't be right by accident.
    data = np.where(data > 0, data + (columns + rows * width) * 1e-5, data).astype("float32")
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    with MemoryFile() as memory:
        with memory.open(driver="GTiff", dtype="float32", count=1, width=width, height=height, nodata=-9999,
                         crs=args["crs"], transform=Affine(*args["transform"])) as ds:
            ds.write(data, 1)
        copy(memory.name, args["path"], driver="COG", COMPRESS="DEFLATE", OVERVIEWS="NONE", BLOCKSIZE="256")
    return {}


commands = {"patches": patches, "pixels": pixels, "distribution": distribution, "bigcog": bigcog, "wrapped": wrapped, "describe": describe, "layout": layout, "warp": warp, "points": points, "bounds": bounds}


class Encoder(json.JSONEncoder):
    def default(self, value):
        return value.item() if isinstance(value, np.generic) else super().default(value)


if __name__ == "__main__":
    # One process answers many questions: importing GDAL takes most of the time.
    with rasterio.Env(GDAL_PAM_ENABLED="NO"):
        print(json.dumps([commands[name](args) for name, args in json.load(sys.stdin)], cls=Encoder))
