/**
 * One value after another, four at a time. Lengths are in bytes; what lies between the last value and
 * the next 16 bytes belongs to the same buffer, and may be read and overwritten.
 */

export function add(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.add(v128.load(a + at), v128.load(b + at)));
  }
}

export function subtract(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.sub(v128.load(a + at), v128.load(b + at)));
  }
}

export function times(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.mul(v128.load(a + at), v128.load(b + at)));
  }
}

export function divide(a: usize, b: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.div(v128.load(a + at), v128.load(b + at)));
  }
}

export function relu(x: usize, out: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.max(v128.load(x + at), zero));
  }
}

/** The gradient where relu gave more than 0, and 0 elsewhere. */
export function reluBackward(gradient: usize, y: usize, out: usize, bytes: usize): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, v128.and(v128.load(gradient + at), f32x4.gt(v128.load(y + at), zero)));
  }
}

/**
 * Cephes expf (Moshier): 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2]. What would be subnormal is 0.
 * 2^n is made in two halves, so that the largest results do not overflow on the way.
 */
@inline
function expOf(x: v128): v128 {
  const low = f32x4.splat(-87.33654);
  const kept = f32x4.max(f32x4.min(x, f32x4.splat(89)), low);
  const n = f32x4.floor(f32x4.add(f32x4.mul(kept, f32x4.splat(1.44269504)), f32x4.splat(0.5)));
  let r = f32x4.sub(kept, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  const first = i32x4.shl(i32x4.add(half, bias), 23);
  const second = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23);
  const result = f32x4.mul(f32x4.mul(p, first), second);
  return v128.andnot(result, f32x4.lt(x, low));
}

export function exp(x: usize, out: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(out + at, expOf(v128.load(x + at)));
}

export function sigmoid(x: usize, out: usize, bytes: usize): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(out + at, f32x4.div(one, f32x4.add(one, expOf(f32x4.neg(v128.load(x + at))))));
  }
}

/** Cephes tanhf: a polynomial below 0.625, where 1 - 2 / (e^2x + 1) would cancel. */
export function tanh(x: usize, out: usize, bytes: usize): void {
  const one = f32x4.splat(1), two = f32x4.splat(2);
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(x + at);
    const power = expOf(f32x4.mul(value, two));
    const far = f32x4.sub(one, f32x4.div(two, f32x4.add(power, one)));
    const z = f32x4.mul(value, value);
    let p = f32x4.splat(-5.70498872745e-3);
    p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
    p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
    p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
    p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
    const near = f32x4.add(f32x4.mul(f32x4.mul(p, z), value), value);
    const isNear = f32x4.lt(f32x4.abs(value), f32x4.splat(0.625));
    v128.store(out + at, v128.bitselect(near, far, isNear));
  }
}

/** out[rows x columns] = x + row, whole rows at a time. */
export function addRow(x: usize, row: usize, out: usize, rows: usize, columns: usize): void {
  const whole = columns & ~3;
  for (let line: usize = 0; line < rows; line++) {
    let at: usize = 0;
    for (; at < whole; at += 4) {
      v128.store(out + (at << 2), f32x4.add(v128.load(x + (at << 2)), v128.load(row + (at << 2))));
    }
    for (; at < columns; at++) {
      store<f32>(out + (at << 2), load<f32>(x + (at << 2)) + load<f32>(row + (at << 2)));
    }
    x += columns << 2;
    out += columns << 2;
  }
}

/** out[columns] = the sum of the rows of x, added up in their order. */
export function sumRows(x: usize, out: usize, rows: usize, columns: usize): void {
  memory.fill(out, 0, columns << 2);
  for (let line: usize = 0; line < rows; line++) {
    addRow(x, out, out, 1, columns);
    x += columns << 2;
  }
}

/** The sum of adjacent values: four partial sums in f32 for each 256 values, the rest in f64. */
export function sum(x: usize, count: usize): f64 {
  let total: f64 = 0;
  const whole = count & ~3;
  let at: usize = 0;
  while (at < whole) {
    const end = min(at + 256, whole);
    let run = f32x4.splat(0);
    for (; at < end; at += 4) run = f32x4.add(run, v128.load(x + (at << 2)));
    total += (<f64>f32x4.extract_lane(run, 0) + <f64>f32x4.extract_lane(run, 1)) +
      (<f64>f32x4.extract_lane(run, 2) + <f64>f32x4.extract_lane(run, 3));
  }
  for (; at < count; at++) total += <f64>load<f32>(x + (at << 2));
  return total;
}

/** x + value for each, in place or elsewhere. */
export function addScalar(x: usize, value: f32, out: usize, count: usize): void {
  const each = f32x4.splat(value);
  const whole = count & ~3;
  let at: usize = 0;
  for (; at < whole; at += 4) {
    v128.store(out + (at << 2), f32x4.add(v128.load(x + (at << 2)), each));
  }
  for (; at < count; at++) store<f32>(out + (at << 2), load<f32>(x + (at << 2)) + value);
}
