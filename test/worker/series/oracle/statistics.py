"""Answers of scipy, numpy and pyproj to the cases of statistics.test.ts: JSON on stdin and stdout."""
import json
import sys

import numpy as np
from pyproj import Geod, Transformer
from scipy import stats

cases = json.load(sys.stdin)


def sen(case):
    x, y = np.array(case["x"]), np.array(case["y"])
    slope, intercept, low, high = stats.theilslopes(y, x, alpha=case["confidence"], method="separate")
    return [slope, intercept, low, high]


def kendall(case):
    """Mann-Kendall by its definition in numpy; tau and the variance by scipy, which has no continuity correction."""
    x, y = np.array(case["x"]), np.array(case["y"])
    s = int(sum(np.sign(x[j] - x[i]) * np.sign(y[j] - y[i]) for i in range(len(x)) for j in range(i + 1, len(x))))
    tau, p = stats.kendalltau(x, y, method="asymptotic")
    z = stats.norm.isf(p / 2)
    variance = (s / z) ** 2 if z > 1e-9 else np.nan
    corrected = (s - np.sign(s)) / np.sqrt(variance) if variance > 0 else np.nan
    return {"s": s, "tau": tau, "variance": variance, "z": corrected, "p": 2 * stats.norm.sf(abs(corrected))}


def seasonal(case):
    """Hirsch, Slack and Smith 1982 from the seasons' own sums, without ties in x."""
    s, variance, slopes = 0, 0.0, []
    for season in case["seasons"]:
        x, y = np.array(season["x"]), np.array(season["y"])
        n = len(x)
        for i in range(n):
            for j in range(i + 1, n):
                s += int(np.sign(y[j] - y[i]))
                slopes.append((y[j] - y[i]) / (x[j] - x[i]))
        ties = np.unique(y, return_counts=True)[1]
        variance += (n * (n - 1) * (2 * n + 5) - np.sum(ties * (ties - 1) * (2 * ties + 5))) / 18
    z = (s - np.sign(s)) / np.sqrt(variance)
    return {"s": s, "variance": variance, "z": z, "p": 2 * stats.norm.sf(abs(z)), "slope": np.median(slopes)}


def harmonic(case):
    x, y, period = np.array(case["x"]), np.array(case["y"]), case["period"]
    columns = [np.ones_like(x)]
    if case["linear"]:
        columns.append(x - x.mean())
    for order in range(1, case["orders"] + 1):
        angle = 2 * np.pi * order * x / period
        columns += [np.cos(angle), np.sin(angle)]
    design = np.stack(columns, axis=1)
    solution = np.linalg.lstsq(design, y, rcond=None)[0]
    residual = y - design @ solution
    return {
        "solution": solution.tolist(),
        "fitted": (design @ solution).tolist(),
        "r2": 1 - np.sum(residual**2) / np.sum((y - y.mean()) ** 2),
        "rmse": np.sqrt(np.mean(residual**2)),
    }


def otsu(counts):
    """By the textbook: every cut's between-class variance."""
    counts = np.array(counts, dtype="float64")
    bins = np.arange(len(counts))
    best = [
        counts[: cut + 1].sum() * counts[cut + 1 :].sum()
        * (np.average(bins[: cut + 1], weights=counts[: cut + 1]) - np.average(bins[cut + 1 :], weights=counts[cut + 1 :])) ** 2
        if counts[: cut + 1].sum() > 0 and counts[cut + 1 :].sum() > 0 else -1
        for cut in range(len(counts) - 1)
    ]
    return int(np.argmax(best))


geod = Geod(ellps="WGS84")


def area(case):
    """Geodesic area of a cell whose edges are straight in its own CRS: 400 points on each edge."""
    a, b, c, d, e, f = case["transform"]
    column, row = case["cell"]
    corners = [(0, 0), (1, 0), (1, 1), (0, 1)]
    t = np.linspace(0, 1, 400, endpoint=False)
    i = np.concatenate([column + u + (corners[(k + 1) % 4][0] - u) * t for k, (u, _) in enumerate(corners)])
    j = np.concatenate([row + v + (corners[(k + 1) % 4][1] - v) * t for k, (_, v) in enumerate(corners)])
    lon, lat = Transformer.from_crs(case["crs"], "EPSG:4326", always_xy=True).transform(a * i + b * j + c, d * i + e * j + f)
    return abs(geod.polygon_area_perimeter(lon, lat)[0])


print(
    json.dumps(
        {
            "sen": [sen(case) for case in cases["trends"]],
            "kendall": [kendall(case) for case in cases["trends"]],
            "seasonal": [seasonal(case) for case in cases["seasonal"]],
            "harmonic": [harmonic(case) for case in cases["harmonic"]],
            "otsu": [otsu(counts) for counts in cases["otsu"]],
            "areas": [area(case) for case in cases["areas"]],
            "p": [2 * stats.norm.sf(abs(z)) for z in cases["z"]],
            "quantile": stats.norm.ppf(cases["shares"]).tolist(),
        }
    )
)
