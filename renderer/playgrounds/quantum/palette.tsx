import { memo } from "react";
import { cellUnder } from "./circuit-grid.tsx";
import { startDrag } from "./drag.ts";
import { drop, put } from "./grid-actions.ts";
import { gateLabel } from "./names.ts";
import { blocks, type Payload } from "./payload.ts";
import type { Playground } from "./playground.ts";
import classes from "./bars.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["settings"] as const;

interface Entry {
  readonly label: string;
  readonly title: string;
  readonly payload: Payload;
  readonly key?: string;
}

const gate = (
  name: string,
  title: string,
  { key, qubits = 1, angles = 0 }: { key?: string; qubits?: number; angles?: number } = {},
): Entry => ({
  label: gateLabel(name),
  title,
  payload: { kind: "gate", name, qubits, angles },
  ...(key !== undefined && { key }),
});

const groups: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: "Gates",
    entries: [
      gate("h", "Hadamard", { key: "H" }),
      gate("x", "Pauli X", { key: "X" }),
      gate("y", "Pauli Y", { key: "Y" }),
      gate("z", "Pauli Z", { key: "Z" }),
      gate("s", "S, a quarter turn about Z", { key: "S" }),
      gate("sdg", "Inverse of S", { key: "Shift+S" }),
      gate("t", "T, an eighth turn about Z", { key: "T" }),
      gate("tdg", "Inverse of T", { key: "Shift+T" }),
      gate("sx", "Square root of X", { key: "V" }),
      gate("rx", "Rotation about X", { key: "E", angles: 1 }),
      gate("ry", "Rotation about Y", { key: "R", angles: 1 }),
      gate("rz", "Rotation about Z", { key: "Shift+R", angles: 1 }),
      gate("p", "Phase", { key: "P", angles: 1 }),
      gate("u", "Any gate of one qubit", { key: "U", angles: 3 }),
      gate("swap", "Swap", { key: "W", qubits: 2 }),
      gate("iswap", "Swap with a phase of i", { qubits: 2 }),
      gate("rxx", "Rotation about XX", { qubits: 2, angles: 1 }),
      gate("rzz", "Rotation about ZZ", { qubits: 2, angles: 1 }),
    ],
  },
  {
    title: "Control",
    entries: [
      {
        label: "●",
        title: "Control: acts where the wire is 1",
        payload: { kind: "control", value: 1 },
        key: "C",
      },
      {
        label: "○",
        title: "Anti-control: acts where the wire is 0",
        payload: { kind: "control", value: 0 },
        key: "O",
      },
    ],
  },
  {
    title: "Measure",
    entries: [
      { label: "M", title: "Measure", payload: { kind: "measure" }, key: "M" },
      { label: "|0⟩", title: "Reset to 0", payload: { kind: "reset" }, key: "0" },
      { label: "┆", title: "Barrier", payload: { kind: "barrier" }, key: "|" },
      { label: "~", title: "Noise", payload: { kind: "noise" }, key: "~" },
    ],
  },
  {
    title: "Blocks",
    entries: [
      {
        label: "if",
        title: "If: around the selected columns",
        payload: { kind: "block", head: blocks.if },
        key: "I",
      },
      {
        label: "loop",
        title: "Repeat: around the selected columns",
        payload: { kind: "block", head: blocks.repeat },
        key: "L",
      },
      {
        label: "while",
        title: "While: around the selected columns",
        payload: { kind: "block", head: blocks.while },
        key: "J",
      },
    ],
  },
  {
    title: "Displays",
    entries: [
      {
        label: "%",
        title: "Probability display",
        payload: { kind: "display", display: "chance" },
        key: "Q",
      },
      {
        label: "ψ",
        title: "Amplitude and phase display",
        payload: { kind: "display", display: "amplitude" },
        key: "A",
      },
      {
        label: "⊙",
        title: "Bloch display",
        payload: { kind: "display", display: "bloch" },
        key: "B",
      },
      {
        label: "ρ",
        title: "Density matrix display",
        payload: { kind: "display", display: "density" },
        key: "D",
      },
      {
        label: "#",
        title: "Sampled counts display",
        payload: { kind: "display", display: "sample" },
        key: "N",
      },
    ],
  },
];

interface PaletteProps {
  readonly playground: Playground;
}

/** Dragged into the circuit, or pressed to go to its cursor. */
export const Palette = memo(function Palette({ playground }: PaletteProps) {
  const { settings } = useSlice(playground, fields);
  if (settings === null) return null;
  const own = settings.gates.map(({ name, qubits }): Entry => ({
    label: name,
    title: `Own gate on ${qubits} ${qubits === 1 ? "qubit" : "qubits"}`,
    payload: { kind: "gate", name, qubits, angles: 0 },
  }));
  const all = own.length === 0 ? groups : [...groups, { title: "Own gates", entries: own }];
  return (
    <div className={classes.palette} role="group" aria-label="Palette">
      {all.map(({ title, entries }) => (
        <div key={title} className={classes.paletteGroup} role="group" aria-label={title}>
          <span aria-hidden="true">{title}</span>
          <div>
            {entries.map((entry) => (
              <PaletteButton
                key={entry.title + entry.label}
                entry={entry}
                playground={playground}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
});

function PaletteButton(props: { readonly entry: Entry; readonly playground: Playground }) {
  const { entry, playground } = props;
  const { label, title, payload, key } = entry;
  return (
    <button
      type="button"
      aria-label={`${label} ${title}${key === undefined ? "" : ` (${key})`}`}
      title={`${title}${key === undefined ? "" : ` · key ${key}`}: drag it into the circuit, or press to place it at the cursor`}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        startDrag(event, payload, {
          cellUnder,
          onClick: () => void put(playground, payload),
          onDrop: (cell) => void drop(playground, payload, cell),
        });
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        void put(playground, payload);
      }}
    >
      {label}
    </button>
  );
}
