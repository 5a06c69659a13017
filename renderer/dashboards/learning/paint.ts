/** Pictures of values over the plane: negative in one colour, positive in the other. */

type Color = readonly [number, number, number];

export interface Palette {
  readonly low: Color;
  readonly high: Color;
  readonly middle: Color;
  readonly classes: readonly Color[];
}

let cached: { readonly theme: string; readonly palette: Palette } | null = null;

/** The colours of the theme that is on. */
export function palette(): Palette {
  const root = document.documentElement;
  const theme = root.dataset["mantineColorScheme"] ?? "";
  if (cached?.theme === theme) return cached.palette;
  const style = getComputedStyle(root);
  const canvas = document.createElement("canvas").getContext("2d");
  const color = (name: string): Color => {
    if (canvas === null) return [0, 0, 0];
    // Read back, a colour has six digits, however it was written.
    canvas.fillStyle = style.getPropertyValue(name).trim();
    const hex = canvas.fillStyle.replace("#", "");
    const at = (place: number) => Number.parseInt(hex.slice(place, place + 2), 16) || 0;
    return [at(0), at(2), at(4)];
  };
  const series = [1, 2, 3, 4, 5, 6, 7].map((number) => color(`--series-${number}`));
  const found: Palette = {
    low: series[3]!,
    high: series[0]!,
    middle: color("--surface"),
    classes: [series[3]!, series[0]!, series[1]!, series[2]!],
  };
  cached = { theme, palette: found };
  return found;
}

export function signedBytes(base64: string): Int8Array {
  return new Int8Array(bytesOf(base64).buffer);
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
}

/** @param share from -1 to 1 */
export function mix({ low, high, middle }: Palette, share: number): Color {
  const to = share < 0 ? low : high;
  const part = Math.min(1, Math.abs(share));
  return [0, 1, 2].map((at) => middle[at]! + (to[at]! - middle[at]!) * part) as unknown as Color;
}

/** @param colorAt the colour of each cell, row by row from above */
export function paintCells(
  canvas: HTMLCanvasElement | null,
  side: number,
  colorAt: (cell: number) => Color,
): void {
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return;
  if (canvas.width !== side) {
    canvas.width = side;
    canvas.height = side;
  }
  const image = context.createImageData(side, side);
  for (let cell = 0; cell < side * side; cell++) {
    const color = colorAt(cell);
    for (let at = 0; at < 3; at++) image.data[cell * 4 + at] = color[at]!;
    image.data[cell * 4 + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

export const cssColor = ([red, green, blue]: Color): string => `rgb(${red} ${green} ${blue})`;
