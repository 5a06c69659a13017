/** Numbers as text that reads back as exactly the same number. */

const denominators = [1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64, 128, 256, 512, 1024];

/** A fraction of pi where that is the number to its last bit; otherwise its shortest digits. */
export function printAngle(angle: number, pi = "pi"): string {
  if (angle === 0) return "0";
  for (const denominator of denominators) {
    const numerator = Math.round((angle * denominator) / Math.PI);
    if (numerator === 0 || Math.abs(numerator) > 64) continue;
    if ((numerator * Math.PI) / denominator !== angle) continue;
    const sign = numerator < 0 ? "-" : "";
    const times = Math.abs(numerator) === 1 ? pi : `${Math.abs(numerator)} * ${pi}`;
    return sign + (denominator === 1 ? times : `${times} / ${denominator}`);
  }
  return printNumber(angle);
}

/** Always with a point or an exponent, so that no language takes it for an integer. */
export function printNumber(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
