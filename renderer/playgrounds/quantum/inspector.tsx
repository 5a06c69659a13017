import { memo } from "react";
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { Panel } from "../../components/page-frame.tsx";
import { useStore } from "../../data/store.ts";
import { itemAt } from "./geometry.ts";
import * as actions from "./grid-actions.ts";
import type { Angle, BlockHead, Item } from "./kernel.worker.ts";
import { angleSource, columnName, itemName, numbered, partsOfGate } from "./names.ts";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["columns", "settings"] as const;

interface InspectorProps {
  readonly playground: Playground;
}

/** What stands at the cursor, and what can be changed about it. */
export const Inspector = memo(function Inspector({ playground }: InspectorProps) {
  const { columns, settings } = useSlice(playground, fields);
  const { cursor } = useStore(playground.selection);
  const column = columns[cursor.column];
  const found = itemAt(column, cursor.wire, settings?.wires ?? 1);
  return (
    <Panel title={`At column ${cursor.column + 1}, q${cursor.wire}`}>
      <div className={classes.form} data-inspector>
        {found !== null && (
          <ItemFields
            key={`${cursor.column} ${found.place} ${kindOf(found.item)}`}
            playground={playground}
            column={cursor.column}
            place={found.place}
            item={found.item}
          />
        )}
        {column?.kind === "begin" && (
          <HeadFields
            key={columnName(column)}
            playground={playground}
            column={cursor.column}
            head={column.head}
          />
        )}
        {found === null && column?.kind !== "begin" && (
          <p className={classes.note}>
            {column === undefined || column.kind === "items"
              ? "Nothing here yet. Press a letter to place a gate."
              : `The ${column.kind} of a block.`}
          </p>
        )}
        {column !== undefined && (
          <div className={classes.row}>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => actions.toggleBreakpoint(playground)}
            >
              {column.breakpoint === true ? "Remove breakpoint" : "Set breakpoint"}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => actions.remove(playground)}>
              Delete
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
});

function ItemFields(props: {
  readonly playground: Playground;
  readonly column: number;
  readonly place: number;
  readonly item: Item;
}) {
  const { playground, column, place, item } = props;
  const change = (next: Item, slides = false) =>
    void playground.act({ kind: "change", column, place, item: next, slides });
  switch (item.kind) {
    case "gate": {
      const { controls } = partsOfGate(item);
      return (
        <>
          <p className={classes.note}>{itemName(item)}</p>
          {numbered(item.angles).map(({ value: angle, at }) => (
            <AngleField
              key={at}
              label={item.angles.length === 1 ? "Angle" : `Angle ${at + 1}`}
              angle={angle}
              onChange={(next, slides) =>
                change({ ...item, angles: item.angles.with(at, next) }, slides)
              }
            />
          ))}
          <NumberInput
            size="xs"
            label="Power"
            defaultValue={item.power}
            hideControls
            onBlur={(event) => {
              const power = Number(event.currentTarget.value);
              if (Number.isFinite(power) && power !== item.power) change({ ...item, power });
            }}
            onKeyDown={commitOnEnter}
          />
          {controls.length > 0 && (
            <p className={classes.note}>
              Controls: {controls.map(({ qubit, value }) => `q${qubit} = ${value}`).join(", ")}
            </p>
          )}
        </>
      );
    }
    case "measure":
      return (
        <>
          <p className={classes.note}>{itemName(item)}</p>
          <NumberInput
            size="xs"
            label="Into bit"
            defaultValue={item.bit}
            min={0}
            max={31}
            allowDecimal={false}
            onChange={(bit) => {
              if (typeof bit === "number" && bit !== item.bit) change({ ...item, bit });
            }}
          />
        </>
      );
    case "noise":
      return <NoiseFields item={item} onChange={change} />;
    default:
      return <p className={classes.note}>{itemName(item)}</p>;
  }
}

/** Fields stay while what they change stays the same thing. */
function kindOf(item: Item): string {
  return item.kind === "gate" ? item.name : item.kind;
}

/** A number has a slider; an expression has those of its parameters. */
function AngleField(props: {
  readonly label: string;
  readonly angle: Angle;
  readonly onChange: (angle: Angle, slides: boolean) => void;
}) {
  const { label, angle, onChange } = props;
  const source = angleSource(angle);
  return (
    <div>
      <TextInput
        key={source}
        size="xs"
        label={label}
        defaultValue={source}
        onBlur={(event) => {
          const text = event.currentTarget.value.trim();
          if (text !== "" && text !== source) onChange(text, false);
        }}
        onKeyDown={commitOnEnter}
      />
      {typeof angle === "number" && (
        <input
          type="range"
          className={classes.angle}
          aria-label={`${label}, in steps of π/48`}
          min={-96}
          max={96}
          value={Math.round((angle * 48) / Math.PI)}
          onChange={(event) => onChange((Number(event.currentTarget.value) * Math.PI) / 48, true)}
        />
      )}
    </div>
  );
}

function commitOnEnter(event: React.KeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Enter") return;
  event.currentTarget.blur();
  document.querySelector<HTMLElement>("[data-circuit]")?.focus();
}

const channels = {
  depolarising: "depolarising",
  "amplitude-damping": "amplitude damping (T1)",
  "phase-damping": "phase damping (T2)",
  loss: "loss",
} as const;

type NoiseItem = Extract<Item, { kind: "noise" }>;

function NoiseFields(props: { readonly item: NoiseItem; readonly onChange: (item: Item) => void }) {
  const { item, onChange } = props;
  const { channel } = item;
  const probability = channel.kind === "pauli" ? channel.x : channel.probability;
  const set = (kind: string, value: number) =>
    onChange({
      ...item,
      channel: { kind: kind as keyof typeof channels, probability: value },
    });
  return (
    <>
      <NativeSelect
        size="xs"
        label="Noise"
        value={channel.kind}
        data={Object.entries(channels).map(([value, label]) => ({ value, label }))}
        onChange={(event) => set(event.currentTarget.value, probability)}
      />
      <NumberInput
        size="xs"
        label="Probability"
        defaultValue={probability}
        min={0}
        max={1}
        step={0.01}
        onChange={(value) => {
          if (typeof value === "number" && value !== probability) set(channel.kind, value);
        }}
      />
    </>
  );
}

function HeadFields(props: {
  readonly playground: Playground;
  readonly column: number;
  readonly head: BlockHead;
}) {
  const { playground, column, head } = props;
  const set = (next: BlockHead) => void playground.act({ kind: "head", column, head: next });
  if (head.kind === "repeat") {
    return (
      <NumberInput
        size="xs"
        label="Times"
        defaultValue={head.count}
        min={0}
        max={10_000}
        allowDecimal={false}
        onChange={(count) => {
          if (typeof count === "number" && count !== head.count) set({ ...head, count });
        }}
      />
    );
  }
  const { condition } = head;
  if (condition.kind !== "compare") {
    return <p className={classes.note}>{columnName({ kind: "begin", head })}: edit it as text.</p>;
  }
  return (
    <>
      <TextInput
        size="xs"
        label="Bits, the lowest first"
        defaultValue={condition.bits.join(", ")}
        onBlur={(event) => {
          const bits = event.currentTarget.value
            .split(/[\s,]+/)
            .filter((text) => text !== "")
            .map(Number);
          const known = playground.snapshot.settings?.bits ?? 0;
          if (
            bits.length === 0 ||
            bits.some((bit) => !(Number.isInteger(bit) && bit >= 0 && bit < known))
          ) {
            playground.refuse(`Bits are numbers from 0 to ${known - 1}, such as 0, 1.`);
          } else set({ ...head, condition: { ...condition, bits } });
        }}
        onKeyDown={commitOnEnter}
      />
      <div className={classes.row}>
        <NativeSelect
          size="xs"
          label="is"
          w={72}
          value={condition.operator}
          data={["==", "!=", "<", "<=", ">", ">="]}
          onChange={(event) => {
            const operator = event.currentTarget.value as typeof condition.operator;
            set({ ...head, condition: { ...condition, operator } });
          }}
        />
        <NumberInput
          size="xs"
          label="value"
          w={90}
          defaultValue={condition.value}
          min={0}
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === "number" && value !== condition.value) {
              set({ ...head, condition: { ...condition, value } });
            }
          }}
        />
        {head.kind === "if" && (
          <Button
            size="xs"
            variant="default"
            onClick={() => void playground.act({ kind: "add-else", column })}
          >
            Add else
          </Button>
        )}
      </div>
    </>
  );
}
