/** Every outcome of a circuit with its exact probability, by following all branches. */
import type { Circuit, Operation } from "./circuit.ts";
import { type Bits, setBit } from "./classical-bits.ts";
import { branchesMax } from "./limits.ts";
import { javascript } from "./backend.ts";
import type { DenseMachine } from "./machines/machine.ts";
import { VectorMachine } from "./machines/vector-machine.ts";
import { CircuitError } from "./primitive.ts";
import { requireQubit } from "./primitives-within.ts";
import { runOn } from "./run-circuit.ts";

/** Keys are the bits as a string with bit 0 last. */
export type Distribution = ReadonlyMap<string, number>;

/**
 * @param open a machine in |0...0>; what it leaves to chance makes branches
 * @throws CircuitError when more than `branchesMax` branches have to be followed
 */
export function exactDistribution(
  circuit: Circuit,
  open: () => DenseMachine = () =>
    new VectorMachine(javascript.newState(circuit.qubits), javascript),
): Distribution {
  const { head, tail } = splitAtEnd(circuit);
  const distribution = new Map<string, number>();
  // Each branch is a list of choices; it is run again from the start with one more choice known.
  const waiting: { readonly choices: readonly number[]; readonly weight: number }[] = [
    { choices: [], weight: 1 },
  ];
  for (let branches = 1; ; branches++) {
    const branch = waiting.pop();
    if (branch === undefined) return distribution;
    if (branches > branchesMax) {
      throw new CircuitError(
        `more than ${branchesMax} outcomes on the way: sample this circuit with shots instead`,
      );
    }
    let weight = 1;
    let known = 0;
    const taken: number[] = [];
    const machine = open();
    const bits = runOn(machine, head, (probabilities) => {
      const possible = [...probabilities.keys()].filter((at) => probabilities[at]! > 1e-14);
      let outcome = branch.choices[known];
      if (outcome === undefined) {
        outcome = possible[0] ?? 0;
        for (const other of possible.slice(1)) {
          waiting.push({ choices: [...taken, other], weight: weight * probabilities[other]! });
        }
      }
      known += 1;
      taken.push(outcome);
      weight *= probabilities[outcome]!;
      return outcome;
    });
    for (const [key, share] of measuredAtTheEnd(circuit, machine, bits, tail)) {
      distribution.set(key, (distribution.get(key) ?? 0) + weight * share);
    }
  }
}

/** The circuit before the measurements that nothing follows, which need no branches, and those. */
export function splitAtEnd(circuit: Circuit): {
  readonly head: Circuit;
  readonly tail: readonly Operation[];
} {
  const { operations } = circuit;
  const last = operations.findLastIndex(({ kind }) => kind !== "measure" && kind !== "barrier");
  const head = { ...circuit, operations: operations.slice(0, last + 1) };
  return { head, tail: operations.slice(last + 1) };
}

/** Which qubit each bit is read from at the end. */
export function sourcesOf(
  tail: readonly Operation[],
  { qubits, bits }: Pick<Circuit, "qubits" | "bits">,
): ReadonlyMap<number, number> {
  const sources = new Map<number, number>();
  for (const operation of tail) {
    if (operation.kind !== "measure") continue;
    requireQubit(operation.qubit, qubits);
    if (operation.bit >= bits) {
      throw new CircuitError(`classical bit ${operation.bit} is not among the ${bits}`);
    }
    sources.set(operation.bit, operation.qubit);
  }
  return sources;
}

/** The probabilities of all values of the bits, when these measurements end the circuit. */
function measuredAtTheEnd(
  circuit: Circuit,
  machine: DenseMachine,
  bits: Bits,
  tail: readonly Operation[],
): Distribution {
  const { readout } = circuit;
  const sources = sourcesOf(tail, circuit);
  let values = new Map<string, number>();
  const add = (into: Map<string, number>, key: string, weight: number) => {
    if (weight > 0) into.set(key, (into.get(key) ?? 0) + weight);
  };
  for (let basis = 0; basis < machine.size; basis++) {
    const probability = machine.probability(basis);
    if (probability > 1e-16) add(values, keyOf(bits, sources, basis), probability);
  }
  if (readout === undefined) return values;
  for (const bit of sources.keys()) {
    const read = new Map<string, number>();
    for (const [key, weight] of values) {
      const at = key.length - 1 - bit;
      const isOne = key[at] === "1";
      const wrong = isOne ? readout.zeroFor1 : readout.oneFor0;
      const flipped = key.slice(0, at) + (isOne ? "0" : "1") + key.slice(at + 1);
      add(read, key, weight * (1 - wrong));
      add(read, flipped, weight * wrong);
    }
    values = read;
  }
  return values;
}

/** The bits as text, bit 0 last, some of them read from a basis state. */
function keyOf(bits: Bits, sources: ReadonlyMap<number, number>, basis: number): string {
  const read = bits.slice();
  for (const [bit, qubit] of sources) setBit(read, bit, ((basis >> qubit) & 1) === 1 ? 1 : 0);
  return read.toReversed().join("");
}
