"""K-means, its sample and its random numbers in numpy, written from docs/analyses/classify.md, and numpy.digitize.

Reads a list of [command, arguments] and prints the list of answers, both JSON.
"""

import json
import sys

import numpy as np
import rasterio
from pyproj import CRS, Geod, Transformer
from rasterio.transform import from_origin

MASK = 0xFFFFFFFF


def finalise(h):
    h = np.asarray(h, dtype=np.uint64) & MASK
    h = ((h ^ (h >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & MASK
    h = ((h ^ (h >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & MASK
    return (h ^ (h >> np.uint64(16))) & MASK


def pixel_hash(pixels, seed):
    pixels = np.asarray(pixels, dtype=np.uint64)
    high = finalise((pixels >> np.uint64(32)) ^ finalise(np.uint64(seed)))
    return finalise((pixels & MASK) ^ high)


class Random:
    def __init__(self, seed):
        self.state = seed & MASK

    def _next(self):
        self.state = (self.state + 0x6D2B79F5) & MASK
        t = self.state
        t = ((t ^ (t >> 15)) * (1 | t)) & MASK
        t = ((t + (((t ^ (t >> 7)) * (61 | t)) & MASK)) & MASK) ^ t
        return (t ^ (t >> 14)) & MASK

    def __call__(self):
        a = self._next() >> 5
        b = self._next() >> 6
        return (a * 67108864 + b) / 9007199254740992


def squared(points, centre):
    total = np.zeros(len(points))
    for band in range(points.shape[1]):
        difference = points[:, band] - centre[band]
        total = total + difference * difference
    return total


def plus_plus(points, clusters, random):
    centres = [points[int(random() * len(points))]]
    nearest = np.full(len(points), np.inf)
    while len(centres) < clusters:
        nearest = np.minimum(nearest, squared(points, centres[-1]))
        sums = np.cumsum(nearest)
        wanted = random() * sums[-1]
        centres.append(points[int(np.argmax(sums > wanted))])
    return np.array(centres)


def labels_of(points, centres):
    return np.argmin(np.stack([squared(points, centre) for centre in centres]), axis=0)


def lloyd(points, centres, most, tolerance):
    centres = centres.copy()
    for iteration in range(1, most + 1):
        labels = labels_of(points, centres)
        sizes = np.bincount(labels, minlength=len(centres))
        # bincount adds up in the order of the points.
        sums = np.stack([np.bincount(labels, points[:, b], minlength=len(centres)) for b in range(points.shape[1])], 1)
        moved = centres.copy()
        moved[sizes > 0] = sums[sizes > 0] / sizes[sizes > 0, None]
        shift = np.zeros(len(centres))
        for band in range(points.shape[1]):
            shift = shift + (moved[:, band] - centres[:, band]) ** 2
        centres = moved
        if np.sqrt(shift.max()) <= tolerance:
            return centres, iteration, True
    return centres, most, False


def in_order_sum(values):
    return np.cumsum(values)[-1]


def k_means(path, ours, bands, clusters, seed, starts, most, tolerance, size, standardise, scaled=False):
    with rasterio.open(path) as file:
        stack = np.stack([file.read(band).astype("f8") for band in bands], -1)
        valid = np.all([file.read_masks(band) > 0 for band in bands], 0) & np.isfinite(stack).all(-1)
        if scaled:
            for at, band in enumerate(bands):
                stack[..., at] = stack[..., at] * file.scales[band - 1] + file.offsets[band - 1]
    with rasterio.open(ours) as file:
        mine, colours = file.read(1), file.colormap(1)
    pixels = np.flatnonzero(valid.ravel())
    values = stack.reshape(-1, len(bands))
    order = np.lexsort((pixels, pixel_hash(pixels, seed)))[:size]
    sampled = np.sort(pixels[order])
    points = values[sampled].copy()
    means, deviations = np.zeros(len(bands)), np.ones(len(bands))
    if standardise:
        for band in range(len(bands)):
            means[band] = in_order_sum(points[:, band]) / len(points)
            difference = points[:, band] - means[band]
            deviations[band] = np.sqrt(in_order_sum(difference * difference) / len(points)) or 1
        points = (points - means) / deviations
    random, best = Random(seed), None
    for start in range(1, starts + 1):
        centres, iterations, converged = lloyd(points, plus_plus(points, clusters, random), most, tolerance)
        nearest = labels_of(points, centres)
        inertia = in_order_sum(np.min(np.stack([squared(points, centre) for centre in centres]), 0))
        if best is None or inertia < best[0]:
            best = (inertia, centres, iterations, converged, start)
    inertia, centres, iterations, converged, start = best
    centres = centres[np.lexsort(centres.T[::-1])]
    expected = np.zeros(valid.size, dtype="u1")
    expected[pixels] = labels_of((values[pixels] - means) / deviations, centres) + 1
    expected = expected.reshape(valid.shape)
    return {
        "differs": int((expected != mine).sum()),
        "counts": np.bincount(expected.ravel(), minlength=clusters + 1).tolist(),
        "inertia": inertia,
        "iterations": iterations,
        "converged": converged,
        "start": start,
        "sampled": len(sampled),
        "centres": (centres * deviations + means).ravel().tolist(),
        "colours": [list(colours[value][:3]) for value in range(clusters + 1)],
    }


def thresholds(path, ours, band, breaks, scaled=False):
    with rasterio.open(path) as file:
        values, valid = file.read(band).astype("f8"), file.read_masks(band) > 0
        if scaled:
            values = values * file.scales[band - 1] + file.offsets[band - 1]
    with rasterio.open(ours) as file:
        mine, nodata, colours, tags = file.read(1), file.nodata, file.colormap(1), file.tags(1)
        colour = file.colorinterp[0].name
    expected = np.where(valid & ~np.isnan(values), np.digitize(values, breaks) + 1, 0)
    return {
        "differs": int((expected != mine).sum()),
        "counts": np.bincount(expected.ravel(), minlength=len(breaks) + 2).tolist(),
        "nodata": nodata,
        "colour": colour,
        "colours": [list(colours[value][:3]) for value in range(len(breaks) + 2)],
        "tags": tags,
    }


def class_areas(ours, classes):
    """Geodesic area of every class: each of its cells as a polygon of its corners and edge points."""
    geod = Geod(ellps="WGS84")
    with rasterio.open(ours) as file:
        mine, t, crs = file.read(1), file.transform, file.crs
    to_degrees = Transformer.from_crs(CRS(crs), CRS(4326), always_xy=True)
    sums = [0.0] * classes
    side = np.array([0, 0.25, 0.5, 0.75])
    u = np.concatenate([side, np.ones(4), 1 - side, np.zeros(4)])
    v = np.concatenate([np.zeros(4), side, np.ones(4), 1 - side])
    for row, column in np.argwhere(mine > 0):
        lon, lat = to_degrees.transform(t.c + (column + u) * t.a, t.f + (row + v) * t.e)
        sums[mine[row, column] - 1] += abs(geod.polygon_area_perimeter(lon, lat)[0])
    return {"areas": sums}


def make(path, width, height, bands, dtype, nodata=None, epsg=32633, transform=None, seed=1, holes=False, scale=None, kinds=4):
    """Patches of a few kinds of ground with noise."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    kind = (np.floor(x / 17) * 3 + np.floor(y / 13) * 5).astype(int) % kinds
    spectra = random.uniform(300, 3000, (kinds, bands))
    stack = spectra[kind] + random.normal(0, 60, (height, width, bands))
    stack = np.moveaxis(np.clip(stack, 1, 60000), -1, 0).astype(dtype)
    if holes:
        stack[0][random.random((height, width)) < 0.05] = nodata
        stack[-1][:8, :20] = nodata
    grid = rasterio.Affine(*transform) if transform else from_origin(500000, 5200000, 30, 30)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=dtype, nodata=nodata,
        crs=f"EPSG:{epsg}", transform=grid, tiled=True, blockxsize=256, blockysize=256, compress="deflate",
    ) as file:
        file.write(stack)
        if scale is not None:
            file.scales, file.offsets = [scale] * bands, [0.25] * bands
    return None


def same_numbers(seed, count, pixels):
    random = Random(seed)
    return {"random": [random() for _ in range(count)], "hashes": [int(h) for h in pixel_hash(pixels, seed)]}


COMMANDS = {
    "make": make,
    "k_means": k_means,
    "thresholds": thresholds,
    "class_areas": class_areas,
    "same_numbers": same_numbers,
}
print(json.dumps([COMMANDS[command](**arguments) for command, arguments in json.load(sys.stdin)]))
