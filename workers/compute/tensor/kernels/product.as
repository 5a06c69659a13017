/**
 * The matrix product of f32, blocked and packed after Goto and van de Geijn 2008: panels of four rows
 * and of eight columns are laid out so that the innermost loop reads forwards, and keeps a tile of
 * 4 x 8 sums in registers. Plain multiply and add: the same bits on every machine.
 */

/** A block of a: rowsMax x innerMax. A block of b: innerMax x columnsMax. product.ts knows the sizes too. */
const rowsMax: usize = 128;
const innerMax: usize = 256;
const columnsMax: usize = 512;
const packedB: usize = rowsMax * innerMax * 4;
const edgeTile: usize = packedB + innerMax * columnsMax * 4;

/**
 * out[rows x columns] = or += a[rows x inner] b[inner x columns]. Strides are in bytes and may be
 * anything for a and b; the columns of out are adjacent.
 */
export function multiply(
  rows: usize, columns: usize, inner: usize, a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize, out: usize, outRow: usize, accumulate: u32, scratch: usize,
): void {
  const packed = scratch + packedB;
  const edge = scratch + edgeTile;
  for (let column: usize = 0; column < columns; column += columnsMax) {
    const width = min(columnsMax, columns - column);
    for (let step: usize = 0; step < inner; step += innerMax) {
      const depth = min(innerMax, inner - step);
      const adds = accumulate != 0 || step > 0;
      pack(b + column * bColumn + step * bRow, bColumn, bRow, width, depth, 8, packed);
      for (let row: usize = 0; row < rows; row += rowsMax) {
        const height = min(rowsMax, rows - row);
        pack(a + row * aRow + step * aColumn, aRow, aColumn, height, depth, 4, scratch);
        block(height, width, depth, scratch, packed, out + row * outRow + (column << 2), outRow, adds, edge);
      }
    }
  }
}

function block(
  height: usize, width: usize, depth: usize, a: usize, b: usize, out: usize, outRow: usize,
  adds: bool, edge: usize,
): void {
  for (let column: usize = 0; column < width; column += 8) {
    const panelB = b + ((column * depth) << 2);
    for (let row: usize = 0; row < height; row += 4) {
      const panelA = a + ((row * depth) << 2);
      const target = out + row * outRow + (column << 2);
      if (height - row >= 4 && width - column >= 8) {
        tile(depth, panelA, panelB, target, outRow, adds);
      } else {
        tile(depth, panelA, panelB, edge, 32, false);
        copyEdge(edge, target, outRow, min(4, height - row), min(8, width - column), adds);
      }
    }
  }
}

function copyEdge(
  edge: usize, target: usize, outRow: usize, rows: usize, columns: usize, adds: bool,
): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      const at = target + row * outRow + (column << 2);
      const sum = load<f32>(edge + (row << 5) + (column << 2));
      store<f32>(at, adds ? load<f32>(at) + sum : sum);
    }
  }
}

function tile(depth: usize, a: usize, b: usize, out: usize, outRow: usize, adds: bool): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  const end = a + (depth << 4);
  while (a < end) {
    const left = v128.load(b), right = v128.load(b, 16);
    let factor = v128.load_splat<f32>(a);
    s00 = f32x4.add(s00, f32x4.mul(factor, left));
    s01 = f32x4.add(s01, f32x4.mul(factor, right));
    factor = v128.load_splat<f32>(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(factor, left));
    s11 = f32x4.add(s11, f32x4.mul(factor, right));
    factor = v128.load_splat<f32>(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(factor, left));
    s21 = f32x4.add(s21, f32x4.mul(factor, right));
    factor = v128.load_splat<f32>(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(factor, left));
    s31 = f32x4.add(s31, f32x4.mul(factor, right));
    a += 16;
    b += 32;
  }
  putRow(out, s00, s01, adds);
  putRow(out + outRow, s10, s11, adds);
  putRow(out + outRow * 2, s20, s21, adds);
  putRow(out + outRow * 3, s30, s31, adds);
}

@inline
function putRow(at: usize, left: v128, right: v128, adds: bool): void {
  if (adds) {
    left = f32x4.add(v128.load(at), left);
    right = f32x4.add(v128.load(at, 16), right);
  }
  v128.store(at, left);
  v128.store(at, right, 16);
}

/**
 * Lays lines out in panels of `width`: for each step of the inner dimension the panel's lines side by
 * side, with zeros for lines that are not there.
 */
function pack(
  from: usize, line: usize, step: usize, lines: usize, depth: usize, width: usize, to: usize,
): void {
  for (let first: usize = 0; first < lines; first += width) {
    const there = min(width, lines - first);
    const source = from + first * line;
    if (there == width && line == 4) packAdjacent(source, step, depth, width, to);
    else if (there == width && step == 4) packTransposed(source, line, depth, width, to);
    else packAny(source, line, step, there, depth, width, to);
    to += (depth * width) << 2;
  }
}

function packAdjacent(from: usize, step: usize, depth: usize, width: usize, to: usize): void {
  if (width == 8) {
    for (let at: usize = 0; at < depth; at++, from += step, to += 32) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
    }
  } else {
    for (let at: usize = 0; at < depth; at++, from += step, to += 16) v128.store(to, v128.load(from));
  }
}

function packTransposed(from: usize, line: usize, depth: usize, width: usize, to: usize): void {
  const whole = depth & ~3;
  const bytes = width << 2;
  for (let group: usize = 0; group < width; group += 4) {
    let source = from + group * line;
    let target = to + (group << 2);
    for (let at: usize = 0; at < whole; at += 4, source += 16, target += bytes << 2) {
      const a = v128.load(source), b = v128.load(source + line);
      const c = v128.load(source + line * 2), d = v128.load(source + line * 3);
      const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(target, v128.shuffle<i64>(abLow, cdLow, 0, 2));
      v128.store(target + bytes, v128.shuffle<i64>(abLow, cdLow, 1, 3));
      v128.store(target + bytes * 2, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
      v128.store(target + bytes * 3, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
    }
    for (let at = whole; at < depth; at++, source += 4, target += bytes) {
      for (let lane: usize = 0; lane < 4; lane++) {
        store<f32>(target + (lane << 2), load<f32>(source + lane * line));
      }
    }
  }
}

function packAny(
  from: usize, line: usize, step: usize, there: usize, depth: usize, width: usize, to: usize,
): void {
  for (let at: usize = 0; at < depth; at++, from += step) {
    for (let lane: usize = 0; lane < width; lane++, to += 4) {
      store<f32>(to, lane < there ? load<f32>(from + lane * line) : 0);
    }
  }
}
