/** How items are drawn. */
import { Fragment } from "react";
import { boxSize, cellHeight, yOf } from "./geometry.ts";
import type { Item } from "./kernel.worker.ts";
import { angleText, gateLabel, partsOfGate } from "./names.ts";
import classes from "./circuit.module.css";

interface GlyphProps {
  readonly item: Item;
  /** The middle of the column. */
  readonly x: number;
  readonly wires: number;
  /** What a measurement found in the run that is shown. */
  readonly outcome?: 0 | 1 | undefined;
}

export function Glyph({ item, x, wires, outcome }: GlyphProps) {
  switch (item.kind) {
    case "gate": {
      const { base, targets, controls } = partsOfGate(item);
      const power = item.power === 1 ? "" : `^${Math.round(item.power * 1000) / 1000}`;
      const small = item.angles.map(angleText).join(",");
      return (
        <Controlled x={x} targets={targets} controls={controls}>
          <GateBody
            base={base}
            small={small}
            power={power}
            x={x}
            targets={targets}
            isControlled={controls.length > 0}
          />
        </Controlled>
      );
    }
    case "box": {
      const { operation } = item;
      const targets = "qubits" in operation ? operation.qubits : [];
      const controls = "controls" in operation ? (operation.controls ?? []) : [];
      const own = targets.length > 0 || controls.length > 0 ? targets : [0, wires - 1];
      const text = "label" in operation ? operation.label : operation.kind;
      const body = own.length > 0 ? own : [controls[0]!.qubit];
      return (
        <Controlled x={x} targets={body} controls={controls}>
          <Box x={x} wires={body} text={text} kind="box" />
        </Controlled>
      );
    }
    case "measure":
      return (
        <>
          <Box x={x} wires={[item.qubit]} text="" kind="measure" small={`c${item.bit}`} />
          {outcome === undefined ? (
            <path
              className={classes.thin}
              d={`M${x - 8} ${yOf(item.qubit) + 1}a8 8 0 0 1 16 0M${x} ${yOf(item.qubit) + 1}l5 -8`}
            />
          ) : (
            <text className={classes.label} x={x} y={yOf(item.qubit) - 5}>
              {outcome}
            </text>
          )}
        </>
      );
    case "reset":
      return <Box x={x} wires={[item.qubit]} text="|0⟩" kind="measure" />;
    case "barrier":
      return (
        <path
          className={classes.barrier}
          d={item.qubits.map((q) => `M${x} ${yOf(q) - cellHeight / 2}v${cellHeight}`).join("")}
        />
      );
    case "noise":
      return <Box x={x} wires={item.qubits} text="~" kind="noise" small={noiseText(item)} />;
    default:
      return null;
  }
}

function noiseText({ channel }: Extract<Item, { kind: "noise" }>): string {
  const value = channel.kind === "pauli" ? channel.x + channel.y + channel.z : channel.probability;
  return value.toPrecision(2);
}

function Controlled(props: {
  readonly x: number;
  readonly targets: readonly number[];
  readonly controls: readonly { readonly qubit: number; readonly value: 0 | 1 }[];
  readonly children: React.ReactNode;
}) {
  const { x, targets, controls, children } = props;
  const all = [...targets, ...controls.map(({ qubit }) => qubit)];
  const [top, bottom] = [Math.min(...all), Math.max(...all)];
  return (
    <>
      {controls.length > 0 && top < bottom && (
        <path className={classes.link} d={`M${x} ${yOf(top)}V${yOf(bottom)}`} />
      )}
      {children}
      {controls.map(({ qubit, value }) => (
        <circle
          key={qubit}
          className={value === 1 ? classes.dot : classes.ring}
          cx={x}
          cy={yOf(qubit)}
          r={5}
        />
      ))}
    </>
  );
}

function GateBody(props: {
  readonly base: string;
  readonly small: string;
  readonly power: string;
  readonly x: number;
  readonly targets: readonly number[];
  readonly isControlled: boolean;
}) {
  const { base, small, power, x, targets, isControlled } = props;
  if (base === "x" && isControlled && power === "") {
    const y = yOf(targets[0]!);
    return (
      <>
        <circle className={classes.target} cx={x} cy={y} r={12} />
        <path className={classes.link} d={`M${x - 12} ${y}h24M${x} ${y - 12}v24`} />
      </>
    );
  }
  if (base === "swap" && power === "") {
    return (
      <>
        <path className={classes.link} d={`M${x} ${yOf(targets[0]!)}V${yOf(targets[1]!)}`} />
        {targets.map((wire) => (
          <path
            key={wire}
            className={classes.cross}
            d={`M${x - 7} ${yOf(wire) - 7}l14 14m0 -14l-14 14`}
          />
        ))}
      </>
    );
  }
  return <Box x={x} wires={targets} text={gateLabel(base) + power} kind="gate" small={small} />;
}

function Box(props: {
  readonly x: number;
  readonly wires: readonly number[];
  readonly text: string;
  readonly kind: "gate" | "box" | "measure" | "noise";
  readonly small?: string;
}) {
  const { x, wires, text, kind, small = "" } = props;
  const [top, bottom] = [Math.min(...wires), Math.max(...wires)];
  const isWide = text.length > 3 || small.length > 4;
  const width = isWide ? 44 : boxSize;
  const height = (bottom - top) * cellHeight + boxSize;
  const y = yOf(top) - boxSize / 2;
  const middle = (yOf(top) + yOf(bottom)) / 2;
  const isUpright = text.length > 8 && top < bottom && small === "";
  return (
    <>
      <rect
        className={classes.box}
        data-kind={kind}
        x={x - width / 2}
        y={y}
        width={width}
        height={height}
        rx={4}
      />
      {wires.length > 1 &&
        bottom - top + 1 > wires.length &&
        wires.map((wire) => <Fragment key={wire}>{marker(x - width / 2, wire)}</Fragment>)}
      <text
        className={classes.label}
        data-long={text.length > 4 || undefined}
        x={x}
        y={small === "" ? middle : middle - 5}
        transform={isUpright ? `rotate(-90 ${x} ${middle})` : undefined}
      >
        {short(text, isUpright ? Math.floor(height / 6) : 8)}
      </text>
      {small !== "" && (
        <text className={classes.small} x={x} y={middle + 9}>
          {short(small, 8)}
        </text>
      )}
    </>
  );
}

/** Which of the wires behind a tall box are its own. */
function marker(x: number, wire: number) {
  return <circle className={classes.dot} cx={x} cy={yOf(wire)} r={3} />;
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
