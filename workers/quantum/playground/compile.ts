/** A document as the circuit that simulators, OpenQASM and exports share; displays are left out. */
import type { Circuit, Operation } from "../core/circuit.ts";
import { CircuitError } from "../core/primitive.ts";
import { type CircuitDocument, type Column, type Item, parameterValues } from "./document.ts";
import { valueOf } from "./expression.ts";

type Values = ReadonlyMap<string, number>;

/** @throws ExpressionError for an angle that cannot be read; null for a display */
export function operationOf(item: Item, values: Values): Operation | null {
  switch (item.kind) {
    case "display":
      return null;
    case "box":
      return item.operation;
    case "gate": {
      const { name, qubits, controls, angles, power } = item;
      return {
        kind: "gate",
        name,
        qubits,
        parameters: angles.map((angle) => valueOf(angle, values)),
        ...(controls.length === 0 ? {} : { controls }),
        ...(power === 1 ? {} : { power }),
      };
    }
    default:
      return item;
  }
}

/** In the order of their lowest wires, as they are seen. */
export function operationsOfColumn(column: Column, values: Values): readonly Operation[] {
  if (column.kind !== "items") return [];
  return column.items.flatMap((item) => operationOf(item, values) ?? []);
}

/** @throws CircuitError for brackets that do not match, ExpressionError for an angle */
export function circuitOfDocument(document: CircuitDocument): Circuit {
  const { wires, bits, gates } = document;
  return {
    qubits: wires,
    bits,
    quantumRegisters: wires === 0 ? [] : [{ name: "q", first: 0, size: wires }],
    classicalRegisters: bits === 0 ? [] : [{ name: "c", first: 0, size: bits }],
    definitions: gates,
    operations: operationsOf(document.columns, parameterValues(document)),
  };
}

export function operationsOf(columns: readonly Column[], values: Values): readonly Operation[] {
  const top: Operation[] = [];
  const open: {
    into: Operation[];
    close: (into: Operation[]) => void;
    elseBegins: () => Operation[];
  }[] = [];
  let into = top;
  for (const column of columns) {
    switch (column.kind) {
      case "items":
        into.push(...operationsOfColumn(column, values));
        break;
      case "begin": {
        const body: Operation[] = [];
        const { head } = column;
        const outer = into;
        const otherwise: Operation[] = [];
        open.push({
          into: outer,
          close: () => {
            if (head.kind === "if") {
              outer.push({ ...head, whenTrue: body, whenFalse: otherwise });
            } else outer.push({ ...head, body });
          },
          elseBegins: () => {
            if (head.kind !== "if") throw new CircuitError("an else stands in no if");
            return otherwise;
          },
        });
        into = body;
        break;
      }
      case "else":
        into = requireOpen(open.at(-1)).elseBegins();
        break;
      default: {
        const block = requireOpen(open.pop());
        block.close(into);
        into = block.into;
      }
    }
  }
  if (open.length > 0) throw new CircuitError("a block does not end");
  return top;
}

function requireOpen<T>(block: T | undefined): T {
  if (block === undefined) throw new CircuitError("a block ends that did not begin");
  return block;
}
