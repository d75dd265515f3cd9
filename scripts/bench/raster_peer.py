# Writes and reads the raster of raster.ts with GDAL on one thread. Arguments: size, runs, path. Prints milliseconds as JSON.
import json, sys, time, numpy as np, rasterio
from rasterio.shutil import copy

n, runs, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
x, y = np.meshgrid(np.arange(n), np.arange(n))
a = (1000 + 400 * np.sin(x / 97) * np.cos(y / 131) + ((x * 31 + y * 17) % 101) / 10).astype('f4')
prof = dict(driver='MEM', width=n, height=n, count=1, dtype='float32', crs='EPSG:32613', nodata=-9999,
            transform=rasterio.Affine(10, 0, 470000, 0, -10, 4440000))
write, read = [], []
for _ in range(runs):
    t = time.perf_counter()
    with rasterio.MemoryFile() as m:
        with m.open(**{**prof, 'driver': 'GTiff'}) as d:
            d.write(a, 1)
        with m.open() as d:
            copy(d, path, driver='COG', compress='DEFLATE', level=6, predictor='YES', blocksize=512,
                 overview_resampling='average')
    write.append(time.perf_counter() - t)
    t = time.perf_counter()
    with rasterio.open(path) as d:
        v = d.read(1, masked=True).astype('f8')
        v.min(), v.max(), v.mean(), v.std()
    read.append(time.perf_counter() - t)
print(json.dumps({'write': min(write) * 1000, 'read': min(read) * 1000}))
