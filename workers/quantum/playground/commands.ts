/** Everything that changes a document, each as plain data, and what it is called. */
import { CircuitError } from "../core/primitive.ts";
import {
  type BlockHead,
  type CircuitDocument,
  type Column,
  emptyColumn,
  type Item,
} from "./document.ts";
import {
  type Area,
  bracketsOf,
  type Clip,
  defineFromArea,
  moveArea,
  pasteClip,
  removeArea,
  wrapColumns,
} from "./edit-areas.ts";
import { placeItem, replaceItem, setControl, withColumns } from "./edit-cells.ts";
import { type Setting, withSettings, withWires } from "./edit-settings.ts";
import { valueOf } from "./expression.ts";
import { tidied } from "./tidy.ts";

export type Command =
  | { readonly kind: "place"; readonly column: number; readonly item: Item }
  | {
      readonly kind: "change";
      readonly column: number;
      readonly place: number;
      readonly item: Item;
      /** One of many on the way of a slider. */
      readonly slides?: boolean;
    }
  | {
      readonly kind: "control";
      readonly column: number;
      readonly qubit: number;
      readonly value: 0 | 1 | null;
    }
  | { readonly kind: "remove"; readonly area: Area }
  | { readonly kind: "paste"; readonly clip: Clip; readonly column: number; readonly wire: number }
  | {
      readonly kind: "move";
      readonly area: Area;
      readonly column: number;
      readonly wire: number;
      readonly copies: boolean;
    }
  | { readonly kind: "insert-column"; readonly column: number }
  | { readonly kind: "remove-columns"; readonly from: number; readonly to: number }
  | {
      readonly kind: "wrap";
      readonly from: number;
      readonly to: number;
      readonly head: BlockHead;
    }
  | { readonly kind: "head"; readonly column: number; readonly head: BlockHead }
  | { readonly kind: "add-else"; readonly column: number }
  | { readonly kind: "breakpoint"; readonly column: number }
  | { readonly kind: "tidy" }
  | { readonly kind: "clear" }
  | { readonly kind: "wires"; readonly count: number }
  | { readonly kind: "define"; readonly area: Area; readonly name: string }
  | Setting
  /** Another document in its place. */
  | { readonly kind: "open"; readonly document: CircuitDocument; readonly words: string };

export interface Change {
  readonly document: CircuitDocument;
  readonly title: string;
  /** Changes with the same key that follow each other count as one. */
  readonly key: string | null;
}

/** @throws CircuitError that says why it cannot be done and what can */
export function changed(document: CircuitDocument, command: Command): Change {
  return {
    document: applied(document, command),
    title: titleOf(command),
    key: keyOf(command),
  };
}

function applied(document: CircuitDocument, command: Command): CircuitDocument {
  switch (command.kind) {
    case "place":
      return placeItem(document, command.column, command.item);
    case "change":
      return replaceItem(document, command.column, command.place, withNumbers(command.item));
    case "control":
      return setControl(document, command.column, command);
    case "remove":
      return removeArea(document, command.area);
    case "paste":
      return pasteClip(document, command.clip, command);
    case "move":
      return moveArea(document, command.area, command, command.copies);
    case "wrap":
      return wrapColumns(document, command.from, command.to, command.head);
    case "define":
      return defineFromArea(document, command.area, command.name);
    case "open":
      return command.document;
    case "insert-column":
    case "remove-columns":
    case "head":
    case "add-else":
    case "breakpoint":
    case "tidy":
    case "clear":
    case "wires":
      return reshaped(document, command);
    default:
      return withSettings(document, command);
  }
}

type Reshaping = Extract<
  Command,
  {
    kind:
      | "insert-column"
      | "remove-columns"
      | "head"
      | "add-else"
      | "breakpoint"
      | "tidy"
      | "clear"
      | "wires";
  }
>;

function reshaped(document: CircuitDocument, command: Reshaping): CircuitDocument {
  const { columns } = document;
  switch (command.kind) {
    case "insert-column": {
      if (command.column >= columns.length) return document;
      return withColumns(document, columns.toSpliced(command.column, 0, emptyColumn));
    }
    case "remove-columns": {
      const groups = bracketsOf(columns);
      const inside = (at: number) => at >= command.from && at <= command.to;
      const kept = columns.filter((_, at) => {
        const group = groups.get(at);
        return group === undefined ? !inside(at) : !group.some(inside);
      });
      return withColumns(document, kept);
    }
    case "head": {
      const column = columns[command.column];
      if (column?.kind !== "begin") throw new CircuitError("no block begins in this column");
      const changedHead: Column = { ...column, head: command.head };
      return withColumns(document, columns.with(command.column, changedHead));
    }
    case "add-else": {
      const column = columns[command.column];
      const group = bracketsOf(columns).get(command.column);
      if (column?.kind !== "begin" || column.head.kind !== "if" || group === undefined) {
        throw new CircuitError("only an if has an else");
      }
      if (group.length > 2) throw new CircuitError("this if has an else already");
      return withColumns(document, columns.toSpliced(group[1]!, 0, { kind: "else" }, emptyColumn));
    }
    case "breakpoint": {
      const column = columns[command.column];
      if (column === undefined) throw new CircuitError("there is no column to stop before");
      const { breakpoint, ...rest } = column;
      const marked: Column = breakpoint === true ? rest : { ...column, breakpoint: true };
      return withColumns(document, columns.with(command.column, marked));
    }
    case "tidy":
      return withColumns(document, tidied(document));
    case "clear":
      return { ...document, columns: [] };
    default:
      return withWires(document, command.count);
  }
}

/** Angles that no parameter has a part in are numbers. */
function withNumbers(item: Item): Item {
  if (item.kind !== "gate") return item;
  const angles = item.angles.map((angle) => {
    try {
      return valueOf(angle, new Map());
    } catch {
      // A name that is a parameter's, or what the evaluator will name as a mistake.
      return angle;
    }
  });
  return { ...item, angles };
}

function titleOf(command: Command): string {
  switch (command.kind) {
    case "place":
      return `place ${nameOf(command.item)}`;
    case "change":
      return `change ${nameOf(command.item)}`;
    case "control":
      return command.value === null ? "remove a control" : "set a control";
    case "move":
      return command.copies ? "copy by dragging" : "move";
    case "wrap":
      return `put into ${command.head.kind}`;
    case "head":
      return `change ${command.head.kind}`;
    case "define":
    case "define-matrix":
      return `define the gate ${command.name}`;
    case "forget-gate":
      return `forget the gate ${command.name}`;
    case "parameter":
      return `set ${command.parameter.name}`;
    case "forget-parameter":
      return `forget ${command.name}`;
    case "open":
      return command.words;
    default:
      return command.kind.replaceAll("-", " ");
  }
}

function nameOf(item: Item): string {
  switch (item.kind) {
    case "gate":
      return item.name;
    case "box":
      return "label" in item.operation ? item.operation.label : item.operation.kind;
    case "display":
      return `${item.display} display`;
    default:
      return item.kind;
  }
}

/** Sliders and fields that are typed into change many times on the way. */
function keyOf(command: Command): string | null {
  switch (command.kind) {
    case "change":
      return command.slides === true ? `change ${command.column} ${command.place}` : null;
    case "parameter":
      return `parameter ${command.parameter.name}`;
    case "noise":
    case "seed":
    case "shots":
    case "title":
      return command.kind;
    default:
      return null;
  }
}
