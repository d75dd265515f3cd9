"""Writes Zarr stores of many kinds with zarr-python and xarray, and reduces them with xarray and cftime alone.

stdin: {"folder": ..., "cases": [{"store", "variable", "statistic", "period", "reference"?, "datetime"?, "bbox"?, "select"?}, ...]}
stdout: for every case {"labels", "counts", "grid": [west, north, dx, dy, columns, rows], "values", "means"}; values are
[band][row][column], null where nothing is valid. Stores are written once, at folder/name.
"""
import json
import os
import sys
import warnings

import cftime
import numcodecs
import numpy as np
import xarray as xr
import zarr
from zarr.codecs import BloscCodec, Crc32cCodec, GzipCodec, ZstdCodec

warnings.simplefilter("ignore")
SEASONS = {12: "DJF", 3: "MAM", 6: "JJA", 9: "SON"}
MONTHS = "January February March April May June July August September October November December".split()


def field(rng, times, *shape):
    season = 10 * np.cos(np.arange(times) / 365 * 2 * np.pi)
    return season.reshape(-1, *[1] * len(shape)) + rng.normal(280, 5, (times, *shape))


def axis(count, calendar, units, step=1.0, start=0.0):
    attributes = {"units": units, "calendar": calendar, "standard_name": "time"}
    return xr.Variable("time", start + step * np.arange(count), attributes)


LAT = {"units": "degrees_north", "standard_name": "latitude"}
LON = {"units": "degrees_east", "standard_name": "longitude"}


def daily(calendar, units, count=800, seed=1, start=0.0, lon=None, lat=None):
    rng = np.random.default_rng(seed)
    lat = np.linspace(-75, 75, 6) if lat is None else lat
    lon = np.arange(0, 360, 45.0) if lon is None else lon
    data = field(rng, count, len(lat), len(lon)).astype("f4")
    data[rng.random(data.shape) < 0.05] = np.nan
    data[:, 0, 0] = np.nan
    return xr.Dataset(
        {"tas": (("time", "lat", "lon"), data, {"units": "K", "long_name": "Air temperature"})},
        {"time": axis(count, calendar, units, start=start), "lat": ("lat", lat, LAT), "lon": ("lon", lon, LON)},
    )


def write(ds, path, version, encoding, consolidated=True):
    ds.to_zarr(path, zarr_format=version, consolidated=consolidated, encoding=encoding)


def v2_blosc(path):
    ds = daily("standard", "days since 2000-01-01")
    write(ds, path, 2, {"tas": {"chunks": (100, 4, 5), "compressors": numcodecs.Blosc("lz4")}})


def v2_plain(path):
    ds = daily("noleap", "days since 1999-11-15 12:00:00", seed=2)
    write(ds, path, 2, {"tas": {"chunks": (37, 6, 8), "compressors": numcodecs.Zlib(5)}}, consolidated=False)


def v2_odd(path):
    """Big-endian, Fortran order, lz4, a slash in the keys, another order of dimensions, a level, one chunk never written."""
    rng = np.random.default_rng(3)
    root = zarr.open_group(path, mode="w", zarr_format=2)
    shape, chunks = (6, 3, 8, 90), (4, 2, 3, 30)
    data = rng.normal(0, 1, shape).astype(">f4")
    array = root.create_array("wind", shape=shape, chunks=chunks, dtype=">f4", order="F", fill_value=float("nan"),
                              compressors=numcodecs.LZ4(), chunk_key_encoding={"name": "v2", "separator": "/"})
    array[:] = data
    array.attrs.update({"_ARRAY_DIMENSIONS": ["lat", "level", "lon", "time"], "units": "m s-1"})
    os.remove(os.path.join(path, "wind/0/0/0/1"))
    for name, values, attributes in [
        ("time", np.arange(90) * 24, {"units": "hours since 2001-12-20 06:00", "calendar": "360_day"}),
        ("lat", np.linspace(50, -50, 6), LAT),
        ("lon", np.arange(-180, 180, 45.0), LON),
        ("level", np.array([1000.0, 850.0, 500.0]), {"units": "hPa"}),
    ]:
        one = root.create_array(name, shape=len(values), dtype=np.asarray(values).dtype, fill_value=0 if name == "lat" else None)
        one[:] = values
        one.attrs.update({"_ARRAY_DIMENSIONS": [name], **attributes})


def v3_sharded(path):
    ds = daily("proleptic_gregorian", "days since 1850-01-01", count=400, seed=4, start=54000)
    write(ds, path, 3, {"tas": {"chunks": (50, 3, 4), "shards": (200, 6, 8), "compressors": ZstdCodec()}})


def v3_start(path):
    """The index of the shards stands in front, and every chunk ends in a checksum."""
    ds = daily("julian", "days since 1500-02-20", count=500, seed=5)
    write(ds.drop_vars("tas"), path, 3, {})
    group = zarr.open_group(path, mode="a")
    codec = zarr.codecs.ShardingCodec(chunk_shape=(25, 6, 4), codecs=[zarr.codecs.BytesCodec(), Crc32cCodec()], index_location="start")
    array = group.create_array("tas", shape=ds.tas.shape, dtype="f4", chunks=(100, 6, 8), serializer=codec, compressors=None,
                               filters=None, fill_value=0, dimension_names=["time", "lat", "lon"], attributes={"units": "K"})
    array[:] = ds.tas.values
    zarr.consolidate_metadata(path)


def v3_packed(path):
    ds = daily("standard", "days since 1581-01-01", count=900, seed=6, lat=np.linspace(75, -75, 6))
    ds["tas"].encoding = {"dtype": "i2", "scale_factor": np.float64(0.01), "add_offset": np.float64(273.15), "_FillValue": np.int16(-9999)}
    write(ds, path, 3, {"tas": {**ds.tas.encoding, "chunks": (64, 6, 3), "compressors": GzipCodec()}})


def v3_leap(path):
    ds = daily("all_leap", "days since 2000-01-01", count=800, seed=7).rename(tas="t2m")
    zarr.open_group(path, mode="w", zarr_format=3)
    write(ds, os.path.join(path, "daily"), 3, {"t2m": {"_FillValue": np.float32(1e20), "chunks": (128, 5, 7), "compressors": BloscCodec(cname="zstd")}}, consolidated=False)


def v3_360(path):
    ds = daily("360_day", "days since 2000-01-01", count=720, seed=8, lon=np.arange(5.0, 360, 10)[:20])
    write(ds, path, 3, {"tas": {"chunks": (90, 2, 11)}})


def v2_polar(path):
    """Polar stereographic by the parameters of the grid mapping, kilometres, years as days, no coordinates of degrees."""
    rng = np.random.default_rng(9)
    data = field(rng, 60, 7, 9).astype("f8")
    mapping = {"grid_mapping_name": "polar_stereographic", "straight_vertical_longitude_from_pole": -45.0, "standard_parallel": 70.0,
               "latitude_of_projection_origin": 90.0, "false_easting": 0.0, "false_northing": 0.0,
               "semi_major_axis": 6378137.0, "inverse_flattening": 298.257223563}
    ds = xr.Dataset(
        {"ice": (("time", "y", "x"), data, {"units": "1", "grid_mapping": "crs"}), "crs": ((), 0, mapping)},
        {"time": axis(60, "standard", "days since 2010-01-15", 30.4),
         "y": ("y", np.arange(-900, 901, 300.0), {"units": "km", "standard_name": "projection_y_coordinate"}),
         "x": ("x", np.arange(-1200, 1201, 300.0), {"units": "km", "standard_name": "projection_x_coordinate"})},
    )
    write(ds, path, 2, {"ice": {"chunks": (20, 4, 4)}})


def dates_in(times, text, open_ends):
    """Whether dates of any calendar lie in an interval of the task, compared as (year, month, day, second)."""
    start, _, end = text.partition("/")
    key = np.array([(t.year, t.month, t.day, t.hour * 3600 + t.minute * 60 + t.second) for t in times])
    tuples = [tuple(row) for row in key]
    low = tuple(map(int, start.split("-"))) + (0,)
    high = tuple(map(int, (end or start).split("-"))) + (86400,)
    return np.array([low <= one <= high for one in tuples])


def arranged(da, bbox):
    """North up, eastwards; longitudes turned into the box, or into -180..180 when they go round the earth."""
    y, x = ("lat", "lon") if "lat" in da.dims else ("y", "x")
    scale = 1000 if da[x].attrs.get("units") == "km" else 1
    da = da.assign_coords({x: da[x].values * scale, y: da[y].values * scale})
    if x == "lon":
        west = -180 if bbox is None else bbox[0]
        east = 180 if bbox is None else bbox[2] + (360 if bbox[2] < bbox[0] else 0)
        step = abs(float(da[x][1] - da[x][0]))
        if bbox is not None or da.sizes[x] * step >= 359.9:
            da = da.assign_coords(lon=west + np.mod(da.lon - west, 360)).sortby("lon")
            da = da.isel(lon=np.flatnonzero(da.lon <= east))
        if bbox is not None:
            da = da.isel(lat=np.flatnonzero((da.lat >= bbox[1]) & (da.lat <= bbox[3])))
    return da.sortby(y, ascending=False).sortby(x).transpose("time", y, x)


def reduced(da, statistic):
    if statistic == "sum":
        return da.sum("time", min_count=1)
    return getattr(da, statistic)("time")


def result(case, folder):
    path = os.path.join(folder, case["store"])
    group, _, name = case["variable"].rpartition("/")
    coder = xr.coders.CFDatetimeCoder(use_cftime=True)
    with xr.open_zarr(path, group=group or None, consolidated=False, decode_times=coder) as ds:
        da = ds[name].load().astype("f8")
    for dimension, value in (case.get("select") or {}).items():
        da = da.sel({dimension: value})
    da = arranged(da, case.get("bbox"))
    kept = da if case.get("datetime") is None else da.isel(time=np.flatnonzero(dates_in(da.time.values, case["datetime"], True)))
    period, statistic = case["period"], case["statistic"]
    if case.get("reference"):
        reference = da.isel(time=np.flatnonzero(dates_in(da.time.values, case["reference"], True)))
        if period in ("month", "month_of_year"):
            kept = kept.groupby("time.month") - reference.groupby("time.month").mean("time")
        elif period in ("season", "season_of_year"):
            kept = kept.groupby("time.season") - reference.groupby("time.season").mean("time")
        else:
            kept = kept - reference.mean("time")
    ones = xr.ones_like(kept.time, dtype=int)
    rule = {"month": "MS", "season": "QS-DEC", "year": "YS"}.get(period)
    if rule:
        counts = ones.resample(time=rule).sum()
        groups = kept.resample(time=rule)
        out = reduced(groups, statistic).isel(time=np.flatnonzero(counts.values > 0))
        counts = counts.values[counts.values > 0]
        labels = [label(period, t) for t in out.time.values]
        planes = out.transpose("time", ...).values
    elif period == "all":
        planes, counts, labels = reduced(kept, statistic).values[None], [kept.sizes["time"]], [None]
    else:
        which = "month" if period == "month_of_year" else "season"
        out = reduced(kept.groupby(f"time.{which}"), statistic)
        order = range(1, 13) if which == "month" else ["DJF", "MAM", "JJA", "SON"]
        present = [one for one in order if one in out[which].values]
        planes = np.stack([out.sel({which: one}).values for one in present])
        stamps = kept.time.dt.month.values if which == "month" else kept.time.dt.season.values
        counts = [int((stamps == one).sum()) for one in present]
        labels = [MONTHS[one - 1] if which == "month" else one for one in present]
    y, x = kept.dims[-2:]
    ys, xs = kept[y].values, kept[x].values
    dy, dx = abs(ys[0] - ys[1]), abs(xs[1] - xs[0])
    weights = np.ones(planes.shape[1:])
    if y == "lat":
        edge = lambda v: np.sin(np.radians(np.clip(v, -90, 90)))
        weights = np.repeat((edge(ys + dy / 2) - edge(ys - dy / 2))[:, None], len(xs), 1)
    else:
        weights = projected(ys, xs, dy, dx)
    means = [float((p * weights)[~np.isnan(p)].sum() / weights[~np.isnan(p)].sum()) if (~np.isnan(p)).any() else None for p in planes]
    listed = [[[None if np.isnan(v) else float(v) for v in row] for row in plane] for plane in planes]
    return {"labels": labels, "counts": [int(c) for c in counts], "values": listed, "means": means,
            "grid": [float(xs[0] - dx / 2), float(ys[0] + dy / 2), float(dx), float(dy), len(xs), len(ys)]}


def projected(ys, xs, dy, dx):
    """Geodesic areas of the cells."""
    from pyproj import Geod, Transformer

    to_degrees = Transformer.from_crs("EPSG:3413", "EPSG:4326", always_xy=True)
    geod = Geod(ellps="WGS84")
    areas = np.zeros((len(ys), len(xs)))
    steps = np.linspace(0, 1, 40, endpoint=False)
    for i, y in enumerate(ys):
        for j, x in enumerate(xs):
            corners = [(x - dx / 2, y - dy / 2), (x + dx / 2, y - dy / 2), (x + dx / 2, y + dy / 2), (x - dx / 2, y + dy / 2)]
            line = [(a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s) for a, b in zip(corners, corners[1:] + corners[:1]) for s in steps]
            areas[i, j] = abs(geod.polygon_area_perimeter(*to_degrees.transform(*zip(*line)))[0])
    return areas


def label(period, t):
    if period == "month":
        return f"{t.year:04d}-{t.month:02d}"
    if period == "year":
        return f"{t.year:04d}"
    return f"{t.year + (t.month == 12):04d} {SEASONS[t.month]}"


request = json.load(sys.stdin)
for store in sorted({case["store"] for case in request["cases"]}):
    globals()[store](os.path.join(request["folder"], store))
json.dump([result(case, request["folder"]) for case in request["cases"]], sys.stdout)
