/** What the keys do while the circuit has the focus. */
import type { Payload } from "./payload.ts";
import { blocks } from "./payload.ts";
import type { Playground } from "./playground.ts";
import * as actions from "./grid-actions.ts";

interface KeyAction {
  readonly keys: readonly string[];
  readonly title: string;
  readonly run: (playground: Playground) => void;
}

const gate = (name: string, qubits = 1, angles = 0): Payload => {
  return { kind: "gate", name, qubits, angles };
};
const puts = (
  key: string,
  title: string,
  payload: Payload,
  more: readonly string[] = [],
): KeyAction => {
  return {
    keys: [key, ...more],
    title,
    run: (playground) => void actions.put(playground, payload),
  };
};

export const keyActions: readonly KeyAction[] = [
  puts("h", "Hadamard", gate("h")),
  puts("x", "Pauli X", gate("x")),
  puts("y", "Pauli Y", gate("y")),
  puts("z", "Pauli Z", gate("z")),
  puts("s", "S", gate("s")),
  puts("S", "Inverse of S", gate("sdg")),
  puts("t", "T", gate("t")),
  puts("T", "Inverse of T", gate("tdg")),
  puts("v", "Square root of X", gate("sx")),
  puts("e", "Rotation about X", gate("rx", 1, 1)),
  puts("r", "Rotation about Y", gate("ry", 1, 1)),
  puts("R", "Rotation about Z", gate("rz", 1, 1)),
  puts("p", "Phase", gate("p", 1, 1)),
  puts("u", "Any gate of one qubit", gate("u", 1, 3)),
  puts("w", "Swap with the next wire", gate("swap", 2)),
  puts("c", "Control", { kind: "control", value: 1 }),
  puts("o", "Anti-control", { kind: "control", value: 0 }),
  puts("m", "Measure", { kind: "measure" }),
  puts("0", "Reset to 0", { kind: "reset" }),
  puts("|", "Barrier", { kind: "barrier" }),
  puts("~", "Noise", { kind: "noise" }),
  puts("b", "Bloch display", { kind: "display", display: "bloch" }),
  puts("q", "Probability display", { kind: "display", display: "chance" }),
  puts("a", "Amplitude display", { kind: "display", display: "amplitude" }),
  puts("d", "Density matrix display", { kind: "display", display: "density" }),
  puts("n", "Sampled counts display", { kind: "display", display: "sample" }),
  puts("i", "Put the columns into an if", { kind: "block", head: blocks.if }),
  puts("l", "Put the columns into a loop that repeats", { kind: "block", head: blocks.repeat }),
  puts("j", "Put the columns into a while loop", { kind: "block", head: blocks.while }),
  { keys: ["f"], title: "Breakpoint before the column", run: actions.toggleBreakpoint },
  { keys: ["Delete", "Backspace"], title: "Delete", run: actions.remove },
  { keys: ["Insert"], title: "Insert a column", run: actions.insertColumn },
  {
    keys: ["mod+Delete", "mod+Backspace"],
    title: "Delete the columns",
    run: actions.removeColumns,
  },
  { keys: ["mod+c"], title: "Copy", run: actions.copy },
  { keys: ["mod+x"], title: "Cut", run: actions.cut },
  { keys: ["mod+v"], title: "Paste", run: actions.paste },
  { keys: ["mod+d"], title: "Duplicate behind", run: actions.duplicate },
  { keys: ["mod+a"], title: "Select all", run: actions.selectAll },
  { keys: ["mod+z"], title: "Undo", run: (playground) => void playground.undo() },
  { keys: ["mod+y", "mod+shift+z"], title: "Redo", run: (playground) => void playground.redo() },
  { keys: [","], title: "Step back", run: (playground) => playground.step(-1) },
  { keys: ["."], title: "Step on", run: (playground) => playground.step(1) },
  { keys: ["k"], title: "Play or pause", run: (playground) => playground.play() },
  {
    keys: ["+"],
    title: "One wire more",
    run: (playground) => actions.changeWires(playground, 1),
  },
  {
    keys: ["-"],
    title: "One wire less",
    run: (playground) => actions.changeWires(playground, -1),
  },
];

const moves: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** @returns whether the key means something here */
export function pressKey(playground: Playground, press: Press): boolean {
  if (press.altKey) return false;
  const hasMod = press.ctrlKey || press.metaKey;
  const move = moves[press.key];
  if (move !== undefined && !hasMod) {
    actions.moveCursor(playground, move, press.shiftKey);
    return true;
  }
  if (press.key === "Home" || press.key === "End") {
    actions.moveToEnd(playground, press.key === "End", press.shiftKey);
    return true;
  }
  if (press.key === "Escape") return actions.dropSelection(playground);
  const lower = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const name = hasMod ? `mod+${press.shiftKey ? "shift+" : ""}${lower}` : press.key;
  const found = keyActions.find(({ keys }) => keys.includes(name));
  found?.run(playground);
  return found !== undefined;
}
