/**
 * A drawing as the classifier knows digits: MNIST scales each into 20 x 20 pixels and puts its
 * centre of mass into the middle of 28 x 28 (LeCun et al. 1998).
 */
export const imageSide = 28;
const boxSide = 20;

/** Ink from 0 to 1, row by row. */
export interface Drawing {
  readonly ink: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** 784 values from 0 to 1; null when nothing is drawn. */
export function digitFrom(drawing: Drawing): number[] | null {
  const box = boundsOf(drawing);
  if (box === null) return null;
  const scale = boxSide / Math.max(box.width, box.height);
  const width = Math.max(1, Math.round(box.width * scale));
  const height = Math.max(1, Math.round(box.height * scale));
  const small = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      small[y * width + x] = averageInk(drawing, {
        left: box.left + (x / width) * box.width,
        top: box.top + (y / height) * box.height,
        width: box.width / width,
        height: box.height / height,
      });
    }
  }
  return centred(small, width, height);
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function boundsOf({ ink, width, height }: Drawing): Box | null {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (ink[y * width + x]! < 0.1) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Mean ink of the pixels that the box touches. */
function averageInk({ ink, width, height }: Drawing, box: Box): number {
  const right = Math.min(
    width,
    Math.max(Math.floor(box.left) + 1, Math.ceil(box.left + box.width)),
  );
  const bottom = Math.min(
    height,
    Math.max(Math.floor(box.top) + 1, Math.ceil(box.top + box.height)),
  );
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(box.top); y < bottom; y++) {
    for (let x = Math.floor(box.left); x < right; x++) {
      sum += ink[y * width + x]!;
      count += 1;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function centred(small: Float32Array, width: number, height: number): number[] {
  let [mass, across, down] = [0, 0, 0];
  small.forEach((ink, index) => {
    mass += ink;
    across += ink * (index % width);
    down += ink * Math.floor(index / width);
  });
  const middle = (imageSide - 1) / 2;
  const left = within(Math.round(middle - across / mass), imageSide - width);
  const top = within(Math.round(middle - down / mass), imageSide - height);
  const image = Array<number>(imageSide * imageSide).fill(0);
  small.forEach((ink, index) => {
    const row = top + Math.floor(index / width);
    // Three decimals are what the training data have.
    image[row * imageSide + left + (index % width)] = Math.round(ink * 1_000) / 1_000;
  });
  return image;
}

function within(value: number, most: number): number {
  return Math.max(0, Math.min(most, value));
}
