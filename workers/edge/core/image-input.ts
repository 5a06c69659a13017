/** Any row of numbers as the image that a classifier takes. */

export interface PreparedImage {
  readonly pixels: Float32Array;
  readonly resampled: {
    readonly from: number;
    readonly to: number;
    readonly method: "linear" | "bilinear";
  } | null;
  readonly scaled: "none" | "8-bit" | "min-max";
}

/**
 * A square count of values is taken as a square image and resized bilinearly, any other as a line
 * that is stretched over all pixels. Values within 0 to 1 stay, within 0 to 255 they are grey
 * levels of eight bits, and anything else is spread over its own range.
 * @param shape height and width
 */
export function prepareImage(data: readonly number[], shape: readonly number[]): PreparedImage {
  const [height = 1, width = 1] = shape;
  const to = height * width;
  const { values, scaled } = scale(data);
  if (values.length === to) return { pixels: values, resampled: null, scaled };
  const side = Math.round(Math.sqrt(values.length));
  const isSquare = side > 1 && side * side === values.length;
  const method = isSquare ? "bilinear" : "linear";
  const pixels = isSquare ? resizeImage(values, side, height, width) : resizeLine(values, to);
  return { pixels, resampled: { from: values.length, to, method }, scaled };
}

function scale(data: readonly number[]): {
  values: Float32Array;
  scaled: PreparedImage["scaled"];
} {
  const lowest = data.reduce((least, value) => Math.min(least, value), Infinity);
  const highest = data.reduce((most, value) => Math.max(most, value), -Infinity);
  if (lowest >= 0 && highest <= 1) return { values: Float32Array.from(data), scaled: "none" };
  if (lowest >= 0 && highest <= 255) {
    return { values: Float32Array.from(data, (value) => value / 255), scaled: "8-bit" };
  }
  // Halves, so that the range of the largest numbers does not overflow.
  const range = highest / 2 - lowest / 2;
  const place = (value: number): number => (range === 0 ? 0 : (value / 2 - lowest / 2) / range);
  return { values: Float32Array.from(data, place), scaled: "min-max" };
}

function resizeLine(values: Float32Array, to: number): Float32Array {
  return Float32Array.from({ length: to }, (_, index) => {
    const { low, high, share } = between(index, to, values.length);
    return values[low]! * (1 - share) + values[high]! * share;
  });
}

function resizeImage(
  values: Float32Array,
  side: number,
  height: number,
  width: number,
): Float32Array {
  return Float32Array.from({ length: height * width }, (_, index) => {
    const row = between(Math.floor(index / width), height, side);
    const column = between(index % width, width, side);
    const along = (line: number): number =>
      values[line * side + column.low]! * (1 - column.share) +
      values[line * side + column.high]! * column.share;
    return along(row.low) * (1 - row.share) + along(row.high) * row.share;
  });
}

/** Where place `index` of `to` falls among `from` values when first and last stay in their places. */
function between(
  index: number,
  to: number,
  from: number,
): { low: number; high: number; share: number } {
  const place = to === 1 ? 0 : (index / (to - 1)) * (from - 1);
  const low = Math.min(Math.floor(place), from - 1);
  return { low, high: Math.min(low + 1, from - 1), share: place - low };
}
