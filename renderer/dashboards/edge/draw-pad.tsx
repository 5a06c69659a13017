/** Draws a digit with mouse, pen or finger; the samples beside it are the way without one. */
import { Button } from "@mantine/core";
import { useRef } from "react";
import { digitFrom, imageSide } from "./digit-image.ts";
import classes from "./edge.module.css";

const padSide = 168;
const strokeWidth = 15;

interface DrawPadProps {
  readonly onDrawn: (pixels: number[] | null) => void;
  /** Also tell what there is while it is being drawn, once a frame. */
  readonly isLive?: boolean;
}

export function DrawPad({ onDrawn, isLive = false }: DrawPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef(false);
  const isDue = useRef(false);

  const brush = () => canvas.current?.getContext("2d", { willReadFrequently: true }) ?? null;
  const placeOf = ({ nativeEvent }: React.PointerEvent) => {
    const scale = padSide / (canvas.current?.clientWidth || padSide);
    return [nativeEvent.offsetX * scale, nativeEvent.offsetY * scale] as const;
  };
  const begin = (event: React.PointerEvent) => {
    const context = brush();
    if (context === null) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawing.current = true;
    Object.assign(context, { strokeStyle: "#fff", lineWidth: strokeWidth, lineCap: "round" });
    context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...placeOf(event));
    context.lineTo(...placeOf(event));
    context.stroke();
  };
  const draw = (event: React.PointerEvent) => {
    if (!drawing.current) return;
    brush()?.lineTo(...placeOf(event));
    brush()?.stroke();
    if (!isLive || isDue.current) return;
    isDue.current = true;
    requestAnimationFrame(() => {
      isDue.current = false;
      read();
    });
  };
  const end = () => {
    if (!drawing.current) return;
    drawing.current = false;
    read();
  };
  const read = () => {
    const context = brush();
    if (context === null) return;
    const { data } = context.getImageData(0, 0, padSide, padSide);
    // White strokes on nothing: their opacity is the ink.
    const ink = Float32Array.from(
      { length: padSide * padSide },
      (_, at) => data[at * 4 + 3]! / 255,
    );
    onDrawn(digitFrom({ ink, width: padSide, height: padSide }));
  };
  const clear = () => {
    brush()?.clearRect(0, 0, padSide, padSide);
    onDrawn(null);
  };

  return (
    <div>
      <canvas
        ref={canvas}
        width={padSide}
        height={padSide}
        className={classes.pad}
        role="img"
        aria-label="Drawing area for a digit; without a pointer choose a sample"
        onPointerDown={begin}
        onPointerMove={draw}
        onPointerUp={end}
        onPointerCancel={end}
      />
      <div className={classes.padTools}>
        <Button variant="default" size="compact-xs" onClick={clear}>
          Clear drawing
        </Button>
      </div>
    </div>
  );
}

/** A picture of 28 x 28 values from 0 to 1. */
export function DigitPicture({ pixels }: { readonly pixels: readonly number[] }) {
  return (
    <canvas
      className={classes.digit}
      width={imageSide}
      height={imageSide}
      aria-hidden="true"
      ref={(canvas) => {
        const context = canvas?.getContext("2d");
        if (!context) return;
        const image = context.createImageData(imageSide, imageSide);
        pixels.forEach((value, at) => image.data.set([255, 255, 255, value * 255], at * 4));
        context.putImageData(image, 0, 0);
      }}
    />
  );
}
