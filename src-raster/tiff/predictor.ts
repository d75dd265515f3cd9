/** Undoes horizontal differencing (TIFF predictor 2) in place: values of one row, `stride` samples a pixel, native byte order. */
export function undoHorizontal(buffer: ArrayBuffer, bytesPerSample: number, rowSamples: number, stride: number): void {
  if (bytesPerSample === 8) {
    const wide = new BigUint64Array(buffer);
    for (let row = 0; row + rowSamples <= wide.length; row += rowSamples)
      for (let i = row + stride; i < row + rowSamples; i += 1) wide[i] = (wide[i] ?? 0n) + (wide[i - stride] ?? 0n);
    return;
  }
  const values =
    bytesPerSample === 1
      ? new Uint8Array(buffer)
      : bytesPerSample === 2
        ? new Uint16Array(buffer)
        : new Uint32Array(buffer);
  for (let row = 0; row + rowSamples <= values.length; row += rowSamples)
    for (let i = row + stride; i < row + rowSamples; i += 1) values[i] = (values[i] ?? 0) + (values[i - stride] ?? 0);
}

/** Horizontal differencing (TIFF predictor 2) in place, the inverse of `undoHorizontal`. */
export function applyHorizontal(buffer: ArrayBuffer, bytesPerSample: number, rowSamples: number, stride: number): void {
  const values =
    bytesPerSample === 1
      ? new Uint8Array(buffer)
      : bytesPerSample === 2
        ? new Uint16Array(buffer)
        : new Uint32Array(buffer);
  for (let row = 0; row + rowSamples <= values.length; row += rowSamples)
    for (let i = row + rowSamples - 1; i >= row + stride; i -= 1)
      values[i] = (values[i] ?? 0) - (values[i - stride] ?? 0);
}

/**
 * Undoes the floating point predictor (Adobe Photoshop TIFF Technical Note 3): a row is stored as planes of bytes, most
 * significant first whatever the file's byte order, differenced with `stride`. The result is little-endian values.
 */
export function undoFloating(
  bytes: Uint8Array,
  bytesPerSample: number,
  rowSamples: number,
  stride: number,
): Uint8Array<ArrayBuffer> {
  const rowBytes = rowSamples * bytesPerSample;
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let i = row + stride; i < row + rowBytes; i += 1) bytes[i] = (bytes[i] ?? 0) + (bytes[i - stride] ?? 0);
    for (let plane = 0; plane < bytesPerSample; plane += 1) {
      const from = row + plane * rowSamples;
      const to = row + bytesPerSample - 1 - plane;
      for (let i = 0; i < rowSamples; i += 1) out[to + i * bytesPerSample] = bytes[from + i] ?? 0;
    }
  }
  return out;
}

/** The floating point predictor on little-endian values, the inverse of `undoFloating`. */
export function applyFloating(
  bytes: Uint8Array,
  bytesPerSample: number,
  rowSamples: number,
  stride: number,
): Uint8Array<ArrayBuffer> {
  const rowBytes = rowSamples * bytesPerSample;
  const out = new Uint8Array(bytes.length);
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    for (let plane = 0; plane < bytesPerSample; plane += 1) {
      const to = row + plane * rowSamples;
      const from = row + bytesPerSample - 1 - plane;
      for (let i = 0; i < rowSamples; i += 1) out[to + i] = bytes[from + i * bytesPerSample] ?? 0;
    }
    for (let i = row + rowBytes - 1; i >= row + stride; i -= 1) out[i] = (out[i] ?? 0) - (out[i - stride] ?? 0);
  }
  return out;
}
