/**
 * The largest of each window and where it stands, the first of equals, NaN above all. `windows` names
 * for each output `width` places within a plane, negative ones for padding.
 */
export function maxPool(
  from: usize, planes: usize, area: usize, windows: usize, outputs: usize, width: usize,
  out: usize, chosen: usize,
): void {
  for (let plane: usize = 0; plane < planes; plane++) {
    const start = <i32>(plane * area);
    let window = windows;
    for (let output: usize = 0; output < outputs; output++, out += 4, chosen += 4) {
      let best: f32 = -Infinity;
      let bestAt: i32 = -1;
      for (const end = window + (width << 2); window < end; window += 4) {
        const place = load<i32>(window);
        if (place < 0) continue;
        const value = load<f32>(from + (<usize>(start + place) << 2));
        if (value > best || bestAt < 0 || value != value) {
          best = value;
          bestAt = start + place;
        }
      }
      store<f32>(out, best);
      store<i32>(chosen, bestAt);
    }
  }
}
