/**
 * One step of Adam for adjacent parameters; `decay` is added to the gradient (Adam) and `shrink`
 * multiplies the parameter (AdamW). Averages that decay below 1e-30 become 0: subnormal numbers are
 * many times slower.
 */
export function adam(
  value: usize, gradient: usize, first: usize, second: usize, bytes: usize,
  beta1: f32, beta2: f32, rate: f32, rootCorrection: f32, epsilon: f32, decay: f32, shrink: f32,
): void {
  const b1 = f32x4.splat(beta1), c1 = f32x4.splat(1 - beta1);
  const b2 = f32x4.splat(beta2), c2 = f32x4.splat(1 - beta2);
  const tiny = f32x4.splat(1e-30);
  for (let at: usize = 0; at < bytes; at += 16) {
    const p = f32x4.mul(v128.load(value + at), f32x4.splat(shrink));
    const g = f32x4.add(v128.load(gradient + at), f32x4.mul(p, f32x4.splat(decay)));
    let m = f32x4.add(f32x4.mul(b1, v128.load(first + at)), f32x4.mul(c1, g));
    m = v128.andnot(m, f32x4.lt(f32x4.abs(m), tiny));
    let v = f32x4.add(f32x4.mul(b2, v128.load(second + at)), f32x4.mul(c2, f32x4.mul(g, g)));
    v = v128.andnot(v, f32x4.lt(v, tiny));
    const root = f32x4.mul(f32x4.sqrt(v), f32x4.splat(rootCorrection));
    const move = f32x4.div(f32x4.mul(f32x4.splat(rate), m), f32x4.add(root, f32x4.splat(epsilon)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    v128.store(value + at, f32x4.sub(p, move));
  }
}
