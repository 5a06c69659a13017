/**
 * Shorter circuits that do exactly the same, phases included, so that they may stand under controls.
 * Measurements, resets, noise, barriers, loops and branches are borders for their qubits; within loops
 * and branches the bodies are made shorter, and so are those of gates that the circuit defines.
 */
import { bodiesOf, type Circuit, type Operation } from "../circuit.ts";
import { type CircuitCost, circuitCost } from "../circuit-cost.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { definitionDepthMax, optimisedQubitsMax } from "../limits.ts";
import { CircuitError } from "../primitive.ts";
import { merged } from "./merge.ts";
import type { Surroundings } from "./item.ts";
import { withoutSwaps } from "./relabel.ts";
import { withShortRuns } from "./single-qubit-runs.ts";

/** Every round but the last makes the circuit shorter or gives operations their usual names. */
const roundsMax = 100;

export interface OptimiseOptions {
  readonly circuit: Circuit;
  /** Swaps are left out, and qubits end up elsewhere: `layout` says where. */
  readonly relabel: boolean;
}

export interface Optimised {
  readonly circuit: Circuit;
  readonly before: CircuitCost;
  readonly after: CircuitCost;
  /** Qubit q of the given circuit ends as qubit layout[q]; in order, unless relabelled. */
  readonly layout: readonly number[];
}

/** @throws CircuitError for a circuit that makes no sense */
export function optimise({ circuit, relabel }: OptimiseOptions): Optimised {
  const { qubits } = circuit;
  if (qubits > optimisedQubitsMax) {
    throw new CircuitError(
      `circuits on at most ${optimisedQubitsMax} qubits are made shorter, not on ${qubits}`,
    );
  }
  const before = circuitCost(circuit);
  const start = relabel
    ? withoutSwaps(circuit.operations, qubits)
    : {
        operations: circuit.operations,
        layout: Array.from({ length: qubits }, (_, qubit) => qubit),
      };
  const definitions = withShortDefinitions(circuit);
  const operations = shortened(start.operations, { definitions: byName(definitions), qubits });
  const shorter = { ...circuit, definitions, operations };
  return { circuit: shorter, before, after: circuitCost(shorter), layout: start.layout };
}

function byName(definitions: Circuit["definitions"]): Surroundings["definitions"] {
  return new Map(definitions.map((each) => [each.name, each]));
}

/**
 * Each body by what the others have become, until none changes. A fractional power takes the principal
 * values of eigenvalues, which rounding could move across -1: then all definitions stay as they are.
 */
function withShortDefinitions({ definitions, operations }: Circuit): Circuit["definitions"] {
  const bodies = [operations, ...definitions.map(({ body }) => body)];
  if (definitions.length === 0 || bodies.flat().some((each) => hasFraction(each))) {
    return definitions;
  }
  let present = definitions;
  for (let round = 0; round < definitionDepthMax; round++) {
    const named = byName(present);
    const next = present.map(({ name, qubits, body }) => ({
      name,
      qubits,
      body: shortened(body, { definitions: named, qubits }),
    }));
    if (JSON.stringify(next) === JSON.stringify(present)) return present;
    present = next;
  }
  return present;
}

/** Whether it uses a defined gate's fractional power. */
function hasFraction(operation: Operation): boolean {
  if (operation.kind === "gate") {
    return !Number.isInteger(operation.power ?? 1) && !standardGates.has(operation.name);
  }
  return bodiesOf(operation).flat().some(hasFraction);
}

function shortened(
  operations: readonly Operation[],
  surroundings: Surroundings,
): readonly Operation[] {
  let present = operations.flatMap((operation) => withShortBodies(operation, surroundings));
  let text = JSON.stringify(present);
  for (let round = 0; round < roundsMax; round++) {
    const next = withShortRuns(merged(present, surroundings), surroundings);
    // Runs leave their phases where they stood.
    present = [...merged(next, surroundings)];
    const nextText = JSON.stringify(present);
    if (nextText === text) return present;
    text = nextText;
  }
  return present;
}

function withShortBodies(operation: Operation, surroundings: Surroundings): readonly Operation[] {
  const short = (body: readonly Operation[]) => shortened(body, surroundings);
  switch (operation.kind) {
    case "repeat": {
      const body = short(operation.body);
      if (operation.count === 0 || body.length === 0) return [];
      return operation.count === 1 ? body : [{ ...operation, body }];
    }
    case "while":
      return [{ ...operation, body: short(operation.body) }];
    case "if": {
      const [whenTrue, whenFalse] = [short(operation.whenTrue), short(operation.whenFalse)];
      if (whenTrue.length === 0 && whenFalse.length === 0) return [];
      return [{ ...operation, whenTrue, whenFalse }];
    }
    case "switch":
      return [
        {
          ...operation,
          cases: operation.cases.map(({ values, body }) => ({ values, body: short(body) })),
          otherwise: short(operation.otherwise),
        },
      ];
    default:
      return [operation];
  }
}
