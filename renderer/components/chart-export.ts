import { download } from "./download.ts";
import type { Series } from "./series.ts";

const inlined = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size"];
/** Sharp on dense screens and in documents. */
const scale = 2;
const padding = 12;
/** Room for the title and the legend above the picture. */
const headHeight = 52;

interface Picture {
  readonly name: string;
  readonly title: string;
  readonly series: readonly Series[];
}

/** Draws the chart of a figure, with title and legend, into a PNG in the colours of the theme. */
export async function exportPng(figure: HTMLElement | null, picture: Picture): Promise<void> {
  const svg = figure?.querySelector<SVGSVGElement>("svg.recharts-surface");
  if (!svg) return;
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = (width + padding * 2) * scale;
  canvas.height = (height + headHeight + padding) * scale;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(scale, scale);
  context.fillStyle = themeValue("--surface");
  context.fillRect(0, 0, canvas.width, canvas.height);
  drawHead(context, picture);
  context.drawImage(image, padding, headHeight, width, height);
  const png = await new Promise<Blob | null>((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (png) download(picture.name, png);
}

function drawHead(context: CanvasRenderingContext2D, { title, series }: Picture): void {
  context.textBaseline = "middle";
  context.fillStyle = themeValue("--ink");
  context.font = `600 13px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(title, padding, 18);
  context.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  let x = padding;
  for (const { label, color, dash } of series) {
    context.strokeStyle = themeValue(color.slice("var(".length, -1));
    context.lineWidth = 2;
    context.setLineDash(dash?.split(" ").map(Number) ?? []);
    context.beginPath();
    context.moveTo(x, 40);
    context.lineTo(x + 18, 40);
    context.stroke();
    context.fillText(label, x + 24, 40);
    x += 24 + context.measureText(label).width + 16;
  }
}

function themeValue(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable);
}

/** The picture as text, with the values of style sheets and variables written into it. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll("*")];
  const copies = [copy, ...copy.querySelectorAll("*")];
  for (const [index, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const property of inlined) {
      copies[index]?.setAttribute(property, style.getPropertyValue(property));
    }
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}
