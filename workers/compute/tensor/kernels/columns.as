/** Images as matrices of their windows, so that a convolution is a matrix product. */

/** Puts planes of height x width into the middle of zeros. */
export function pad(
  from: usize, planes: usize, height: usize, width: usize,
  to: usize, tall: usize, wide: usize, top: usize, left: usize,
): void {
  memory.fill(to, 0, (planes * tall * wide) << 2);
  for (let plane: usize = 0; plane < planes; plane++) {
    let target = to + ((plane * tall * wide + top * wide + left) << 2);
    for (let row: usize = 0; row < height; row++) {
      memory.copy(target, from, width << 2);
      from += width << 2;
      target += wide << 2;
    }
  }
}

/** The middle of padded planes. */
export function crop(
  from: usize, planes: usize, tall: usize, wide: usize, top: usize, left: usize,
  to: usize, height: usize, width: usize,
): void {
  for (let plane: usize = 0; plane < planes; plane++) {
    let source = from + ((plane * tall * wide + top * wide + left) << 2);
    for (let row: usize = 0; row < height; row++) {
      memory.copy(to, source, width << 2);
      to += width << 2;
      source += wide << 2;
    }
  }
}

/**
 * columns[planes, kernelHeight, kernelWidth, outHeight, outWidth] from padded planes. Vectors may write
 * up to 12 bytes behind the end.
 */
export function toColumns(
  from: usize, planes: usize, tall: usize, wide: usize, kernelHeight: usize, kernelWidth: usize,
  strideY: usize, strideX: usize, dilationY: usize, dilationX: usize,
  outHeight: usize, outWidth: usize, to: usize,
): void {
  for (let plane: usize = 0; plane < planes; plane++) {
    for (let y: usize = 0; y < kernelHeight; y++) {
      for (let x: usize = 0; x < kernelWidth; x++) {
        let source = from + (((plane * tall + y * dilationY) * wide + x * dilationX) << 2);
        for (let row: usize = 0; row < outHeight; row++) {
          if (strideX == 1) {
            for (let at: usize = 0; at < outWidth << 2; at += 16) {
              v128.store(to + at, v128.load(source + at));
            }
          } else {
            for (let at: usize = 0; at < outWidth; at++) {
              store<f32>(to + (at << 2), load<f32>(source + ((at * strideX) << 2)));
            }
          }
          to += outWidth << 2;
          source += (strideY * wide) << 2;
        }
      }
    }
  }
}

/** Adds each column's value to where toColumns took it from. */
export function fromColumns(
  from: usize, planes: usize, tall: usize, wide: usize, kernelHeight: usize, kernelWidth: usize,
  strideY: usize, strideX: usize, dilationY: usize, dilationX: usize,
  outHeight: usize, outWidth: usize, to: usize,
): void {
  const whole = outWidth & ~3;
  for (let plane: usize = 0; plane < planes; plane++) {
    for (let y: usize = 0; y < kernelHeight; y++) {
      for (let x: usize = 0; x < kernelWidth; x++) {
        let target = to + (((plane * tall + y * dilationY) * wide + x * dilationX) << 2);
        for (let row: usize = 0; row < outHeight; row++) {
          let at: usize = 0;
          if (strideX == 1) {
            for (; at < whole; at += 4) {
              const place = target + (at << 2);
              v128.store(place, f32x4.add(v128.load(place), v128.load(from + (at << 2))));
            }
          }
          for (; at < outWidth; at++) {
            const place = target + ((at * strideX) << 2);
            store<f32>(place, load<f32>(place) + load<f32>(from + (at << 2)));
          }
          from += outWidth << 2;
          target += (strideY * wide) << 2;
        }
      }
    }
  }
}
