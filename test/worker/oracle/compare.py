"""Compares a COG of the worker with the oracle's array: prints JSON with the differences.

Use: compare.py COG ORACLE.npy
"""
import json
import sys

import numpy as np
import rasterio

with rasterio.open(sys.argv[1]) as source:
    ours = source.read(1).astype("float64")
    ours[ours == source.nodata] = np.nan
    shape, transform, crs = source.shape, list(source.transform)[:6], str(source.crs)
theirs = np.load(sys.argv[2])[0]
both = ~np.isnan(ours) & ~np.isnan(theirs)
print(
    json.dumps(
        {
            "same_shape": list(ours.shape) == list(theirs.shape),
            "validity_differs": int(np.sum(np.isnan(ours) != np.isnan(theirs))),
            "valid": int(both.sum()),
            "worst": float(np.max(np.abs(ours[both] - theirs[both]))),
            "crs": crs,
            "transform": transform,
        }
    )
)
