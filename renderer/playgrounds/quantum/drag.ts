/** Something on its way into the circuit, under the pointer. */
import { createStore } from "../../data/store.ts";
import type { Payload } from "./payload.ts";
import type { Cell } from "./playground.ts";

interface Drag {
  readonly payload: Payload;
  readonly x: number;
  readonly y: number;
  /** The cell it would go to; null outside of the circuit. */
  readonly over: Cell | null;
}

export const dragStore = createStore<Drag | null>(null);

/** Less than this is a click. */
const dragFromPixels = 5;

interface DragOptions {
  readonly cellUnder: (x: number, y: number) => Cell | null;
  readonly onDrop: (cell: Cell, copies: boolean) => void;
  readonly onClick: () => void;
}

/** Follows a pressed pointer until it is let go; Escape breaks off. */
export function startDrag(
  event: { readonly clientX: number; readonly clientY: number },
  payload: Payload,
  { cellUnder, onDrop, onClick }: DragOptions,
): void {
  const from = { x: event.clientX, y: event.clientY };
  let isDragging = false;
  const end = () => {
    window.removeEventListener("pointermove", onMove);
    window.removeEventListener("pointerup", onUp);
    window.removeEventListener("pointercancel", end);
    window.removeEventListener("keydown", onKey, true);
    dragStore.set(null);
  };
  const onMove = ({ clientX: x, clientY: y }: PointerEvent) => {
    isDragging ||= Math.hypot(x - from.x, y - from.y) >= dragFromPixels;
    if (isDragging) dragStore.set({ payload, x, y, over: cellUnder(x, y) });
  };
  const onUp = (up: PointerEvent) => {
    end();
    const over = cellUnder(up.clientX, up.clientY);
    if (!isDragging) onClick();
    else if (over !== null) onDrop(over, up.ctrlKey || up.metaKey);
  };
  const onKey = (pressed: KeyboardEvent) => {
    if (pressed.key !== "Escape") return;
    pressed.stopPropagation();
    end();
  };
  window.addEventListener("pointermove", onMove);
  window.addEventListener("pointerup", onUp);
  window.addEventListener("pointercancel", end);
  window.addEventListener("keydown", onKey, true);
}
