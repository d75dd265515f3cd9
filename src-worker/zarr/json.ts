/** A string, or a number that JSON lacks but Python writes. */
const stringOrBare = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/** Metadata as JSON; NaN and Infinity, which zarr-python writes bare into attributes, become texts. Undefined when it is none. */
export function parseMetadata(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(stringOrBare, (token) => (token.startsWith('"') ? token : `"${token}"`)));
    } catch {
      return undefined;
    }
  }
}
