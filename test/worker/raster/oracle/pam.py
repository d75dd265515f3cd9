"""Writes GeoTIFFs with .aux.xml files (`aux`: a text of ours, else what GDAL itself puts there) and says what GDAL then reads of them."""

import json
import os
import sys

import numpy as np
import rasterio
from rasterio.transform import Affine

from oracle import Encoder, number, sample, stats


def answer(question):
    path, bands, dtype = question["path"], question.get("bands", 1), question.get("dtype", "uint8")
    data = sample(dtype, bands, 40, 50, 3)
    if question.get("nodata") is not None:
        data[:, 5:9] = question["nodata"]
    profile = dict(driver="GTiff", dtype=dtype, count=bands, height=40, width=50, nodata=question.get("nodata"), **question.get("options", {}))
    if question.get("geo", True):
        profile.update(crs=question.get("crs", "EPSG:32618"), transform=Affine(30, 0, 500000, 0, -30, 4500000))
    with rasterio.open(path, "w", **profile) as ds:
        ds.write(data)
        if question.get("mask"):
            ds.write_mask(np.where(np.arange(2000).reshape(40, 50) % 3 == 0, 0, 255).astype("uint8"))
        if question.get("scale"):
            ds.scales, ds.offsets, ds.units, ds.descriptions = [0.1] * bands, [-4.5] * bands, ["m"] * bands, ["depth"] * bands
    if "aux" in question:
        with open(path + ".aux.xml", "w") as file:
            file.write(question["aux"])
    with rasterio.open(path) as ds:
        return {
            "hasAux": os.path.exists(path + ".aux.xml"), "nodata": number(ds.nodata), "scales": ds.scales, "offsets": ds.offsets,
            "units": ds.units, "descriptions": ds.descriptions, "epsg": ds.crs.to_epsg() if ds.crs else None, "transform": list(ds.transform)[:6],
            "colors": [c.name for c in ds.colorinterp], "flags": [f.name for f in ds.mask_flag_enums[0]],
            "stats": [stats(ds.read(i, masked=True)) for i in ds.indexes],
        }


if __name__ == "__main__":
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"):
        print(json.dumps([answer(question) for question in json.load(sys.stdin)], cls=Encoder))
