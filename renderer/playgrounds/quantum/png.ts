/** A picture of vectors as one of pixels. */

/** Sharp on dense screens. */
const scale = 2;
/** What browsers refuse to draw. */
const sideMax = 16_000;

export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const width = image.naturalWidth * scale;
  const height = image.naturalHeight * scale;
  if (width > sideMax || height > sideMax) {
    throw new RangeError("The circuit is too large for a PNG: save it as SVG instead.");
  }
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(image, 0, 0, width, height);
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null)
        reject(new Error("The picture could not be made: save it as SVG instead."));
      else resolve(blob);
    }, "image/png");
  });
}
