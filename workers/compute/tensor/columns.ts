/** Windows of images as columns of a matrix, and back: kernels/columns.as for f32, loops for f64. */
import { simd } from "./simd.ts";
import { empty, full, type Tensor } from "./tensor.ts";

/** An image side, a side of outputs, and the windows that tie them together. Pairs are y, x. */
export interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** Zeros above, left, below and right. */
  readonly padding: readonly [number, number, number, number];
  readonly outHeight: number;
  readonly outWidth: number;
}

const paddedSides = ({ height, width, padding }: Geometry): readonly [number, number] => [
  height + padding[0] + padding[2],
  width + padding[1] + padding[3],
];

const isPadded = ({ padding }: Geometry): boolean => padding.some((side) => side !== 0);

/** How planes lie in memory and which windows are taken, in the kernels' order of arguments. */
function layout(planes: number, geometry: Geometry): number[] {
  const { kernel, stride, dilation, outHeight, outWidth } = geometry;
  return [planes, ...paddedSides(geometry), ...kernel, ...stride, ...dilation, outHeight, outWidth];
}

/** Fills columns[planes * kernel values, outputs] from a contiguous image [planes, height, width]. */
export function toColumns(image: Tensor, columns: Tensor, geometry: Geometry): void {
  const planes = image.shape[0]!;
  const { height, width, padding } = geometry;
  const [tall, wide] = paddedSides(geometry);
  let source = image;
  if (isPadded(geometry)) {
    source = empty([planes, tall, wide], image.dtype);
    if (image.dtype === "f32") {
      const [top, left] = padding;
      simd.pad(image.address, planes, height, width, source.address, tall, wide, top, left);
    } else movePadded(image, source, geometry, true);
  }
  if (image.dtype === "f32") {
    simd.toColumns(source.address, ...layout(planes, geometry), columns.address);
  } else {
    const [from, to] = [source.values, columns.values];
    forEachWindowValue(planes, geometry, (column, place) => (to[column] = from[place]!));
  }
  if (source !== image) source.dispose();
}

/** Adds every column value to where it came from: the image [planes, height, width] is overwritten. */
export function fromColumns(columns: Tensor, image: Tensor, geometry: Geometry): void {
  const planes = image.shape[0]!;
  const { height, width, padding } = geometry;
  const [tall, wide] = paddedSides(geometry);
  const target = isPadded(geometry) ? full([planes, tall, wide], 0, image.dtype) : image;
  if (target === image) image.values.fill(0);
  if (image.dtype === "f32") {
    simd.fromColumns(columns.address, ...layout(planes, geometry), target.address);
  } else {
    const [from, to] = [columns.values, target.values];
    forEachWindowValue(planes, geometry, (column, place) => (to[place]! += from[column]!));
  }
  if (target === image) return;
  if (image.dtype === "f32") {
    const [top, left] = padding;
    simd.crop(target.address, planes, tall, wide, top, left, image.address, height, width);
  } else movePadded(image, target, geometry, false);
  target.dispose();
}

function movePadded(image: Tensor, padded: Tensor, geometry: Geometry, isInto: boolean): void {
  const { height, width, padding } = geometry;
  const [tall, wide] = paddedSides(geometry);
  const [inner, outer] = [image.values, padded.values];
  if (isInto) outer.fill(0);
  for (let line = 0; line < image.shape[0]! * height; line++) {
    const plane = Math.floor(line / height);
    const start = (plane * tall + padding[0] + (line % height)) * wide + padding[1];
    for (let x = 0; x < width; x++) {
      if (isInto) outer[start + x] = inner[line * width + x]!;
      else inner[line * width + x] = outer[start + x]!;
    }
  }
}

function forEachWindowValue(
  planes: number,
  geometry: Geometry,
  visit: (column: number, place: number) => void,
): void {
  const { kernel, stride, dilation, outHeight, outWidth } = geometry;
  const [tall, wide] = paddedSides(geometry);
  let column = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let y = 0; y < kernel[0]; y++) {
      for (let x = 0; x < kernel[1]; x++) {
        for (let row = 0; row < outHeight; row++) {
          const line = (plane * tall + row * stride[0] + y * dilation[0]) * wide + x * dilation[1];
          for (let at = 0; at < outWidth; at++) visit(column++, line + at * stride[1]);
        }
      }
    }
  }
}
