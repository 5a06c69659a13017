/**
 * Noise as Kraus operators (Nielsen and Chuang, section 8.3), for trajectories and density matrices
 * alike. Each set satisfies the sum of K^dagger K = identity.
 */
import type { Channel } from "./circuit.ts";
import { Matrix } from "./matrix.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { CircuitError } from "./primitive.ts";

const pauliOf = (name: "id" | "x" | "y" | "z"): Matrix => standardGates.get(name)!.matrix();
const paulis = (["id", "x", "y", "z"] as const).map(pauliOf);

/** @throws CircuitError for a probability outside 0 to 1, or a channel on a count of qubits it has not */
export function krausOf(channel: Channel, qubits: number): readonly Matrix[] {
  if (channel.kind === "depolarising" && qubits === 2) {
    const probability = chanceOf(channel.kind, channel.probability);
    const pairs = paulis.flatMap((high) => paulis.map((low) => high.kron(low)));
    return mixture(
      pairs.map((pair, at) => [at === 0 ? 1 - probability : probability / 15, pair] as const),
    );
  }
  if (qubits !== 1) {
    throw new CircuitError(`${channel.kind} acts on one qubit, and ${qubits} are given`);
  }
  switch (channel.kind) {
    case "pauli": {
      const { x, y, z } = channel;
      const rest = 1 - chanceOf("pauli", x) - chanceOf("pauli", y) - chanceOf("pauli", z);
      if (rest < -1e-12) throw new CircuitError("the chances of X, Y and Z sum to more than 1");
      return mixture([rest, x, y, z].map((chance, at) => [Math.max(0, chance), paulis[at]!]));
    }
    case "depolarising": {
      const probability = chanceOf(channel.kind, channel.probability);
      return mixture(
        paulis.map((pauli, at) => [at === 0 ? 1 - probability : probability / 3, pauli] as const),
      );
    }
    case "amplitude-damping": {
      const probability = chanceOf(channel.kind, channel.probability);
      return [
        Matrix.of([
          [1, 0],
          [0, Math.sqrt(1 - probability)],
        ]),
        Matrix.of([
          [0, Math.sqrt(probability)],
          [0, 0],
        ]),
      ];
    }
    case "phase-damping": {
      const probability = chanceOf(channel.kind, channel.probability);
      return [
        Matrix.of([
          [1, 0],
          [0, Math.sqrt(1 - probability)],
        ]),
        Matrix.of([
          [0, 0],
          [0, Math.sqrt(probability)],
        ]),
      ];
    }
    default: {
      const probability = chanceOf(channel.kind, channel.probability);
      const root = Math.sqrt(probability);
      return [
        Matrix.identity(2).scale(Math.sqrt(1 - probability)),
        Matrix.of([
          [root, 0],
          [0, 0],
        ]),
        Matrix.of([
          [0, root],
          [0, 0],
        ]),
      ];
    }
  }
}

/** Unitaries, each with its probability. */
function mixture(parts: readonly (readonly [number, Matrix])[]): readonly Matrix[] {
  return parts
    .filter(([probability]) => probability > 0)
    .map(([probability, matrix]) => matrix.scale(Math.sqrt(probability)));
}

function chanceOf(kind: string, probability: number): number {
  if (probability >= 0 && probability <= 1) return probability;
  throw new CircuitError(`${kind} needs a probability from 0 to 1, not ${probability}`);
}
