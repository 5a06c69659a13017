/** What loops and branches hold. */
import type { Operation } from "./circuit.ts";

/** The operations inside of it, by their branches. */
export function bodiesOf(operation: Operation): readonly (readonly Operation[])[] {
  switch (operation.kind) {
    case "if":
      return [operation.whenTrue, operation.whenFalse];
    case "while":
    case "repeat":
      return [operation.body];
    case "switch":
      return [operation.otherwise, ...operation.cases.map(({ body }) => body)];
    default:
      return [];
  }
}
