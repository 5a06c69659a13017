/** The plane as the network sees it, with the points of the data; a click adds a point of one's own. */
import { useEffect, useMemo, useRef } from "react";
import type { TrainingFrame } from "../../../workers/analytics/contract.ts";
import classes from "./learning.module.css";
import { bytesOf, cssColor, mix, paintCells, palette } from "./paint.ts";

const side = 360;
const extent = 6;

export interface ShownPoint {
  readonly x: number;
  readonly y: number;
  readonly target: number;
  readonly isValidation: boolean;
}

interface SurfaceProps {
  readonly surface: TrainingFrame["surface"];
  readonly points: readonly ShownPoint[];
  readonly task: "classification" | "regression";
  readonly classCount: number;
  readonly showsValidation: boolean;
  /** Places a point; null: the data are not drawn by hand. */
  readonly onDraw: ((x: number, y: number) => void) | null;
}

export function Surface(props: SurfaceProps) {
  const { surface, points, task, classCount, showsValidation, onDraw } = props;
  const under = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const cells = useMemo(
    () =>
      surface === null
        ? null
        : {
            values: bytesOf(surface.values),
            confidence: surface.confidence === null ? null : bytesOf(surface.confidence),
          },
    [surface],
  );
  useEffect(() => {
    const colors = palette();
    if (surface === null || cells === null) {
      paintCells(under.current, 1, () => colors.middle);
      return;
    }
    paintCells(under.current, surface.side, (cell) => {
      const value = cells.values[cell]!;
      if (cells.confidence === null) return mix(colors, (value / 255) * 2 - 1);
      const high = colors.classes[value % colors.classes.length]!;
      return mix({ ...colors, high }, cells.confidence[cell]! / 255);
    });
  }, [surface, cells]);
  useEffect(() => {
    const context = over.current?.getContext("2d");
    if (!context) return;
    const colors = palette();
    context.clearRect(0, 0, side, side);
    for (const { x, y, target, isValidation } of points) {
      if (isValidation && !showsValidation) continue;
      const color =
        task === "regression"
          ? mix(colors, target)
          : colors.classes[Math.round(target) % colors.classes.length]!;
      context.beginPath();
      const [across, down] = [((x + extent) / 12) * side, ((extent - y) / 12) * side];
      if (isValidation) context.rect(across - 3, down - 3, 6, 6);
      else context.arc(across, down, 3.5, 0, 2 * Math.PI);
      context.fillStyle = cssColor(color);
      context.fill();
      context.strokeStyle = cssColor(colors.middle);
      context.lineWidth = 1;
      context.stroke();
    }
  }, [points, task, showsValidation]);
  const place = ({ currentTarget, nativeEvent }: React.PointerEvent<HTMLCanvasElement>) => {
    if (onDraw === null) return;
    const at = (offset: number, size: number) => (offset / size) * 12 - extent;
    const x = at(nativeEvent.offsetX, currentTarget.clientWidth);
    const y = -at(nativeEvent.offsetY, currentTarget.clientHeight);
    onDraw(Number(x.toFixed(2)), Number(y.toFixed(2)));
  };
  const label =
    task === "regression"
      ? "What the network answers over the plane, with the values of the data"
      : `What the network answers over the plane, with ${points.length} points of ${classCount} classes`;
  return (
    <figure className={classes.surface} role="img" aria-label={label}>
      <canvas ref={under} className={classes.cells} />
      <canvas
        ref={over}
        width={side}
        height={side}
        className={classes.points}
        data-drawn={onDraw !== null || undefined}
        onPointerDown={place}
      />
    </figure>
  );
}
