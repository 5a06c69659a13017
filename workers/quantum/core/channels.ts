/**
 * Noise as Kraus operators (Nielsen and Chuang, section 8.3), for trajectories and density matrices
 * alike. Each set satisfies the sum of K^dagger K = identity.
 */
import type { Channel } from "./circuit.ts";
import { Matrix } from "./matrix.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { CircuitError } from "./primitive.ts";

const paulis = (["id", "x", "y", "z"] as const).map((name) => standardGates.get(name)!.matrix());

/**
 * The chances of the Paulis of a channel that is a mixture of them, 4 for one qubit and 16 for two: at
 * 4 * high + low stands the Pauli `high` on the second qubit and `low` on the first, each by its place
 * in I, X, Y, Z. null for a channel of another kind.
 * @throws CircuitError for a probability outside 0 to 1
 */
export function pauliChancesOf(channel: Channel, qubits: number): readonly number[] | null {
  if (channel.kind === "depolarising" && (qubits === 1 || qubits === 2)) {
    const probability = chanceOf(channel.kind, channel.probability);
    const others = 4 ** qubits - 1;
    return Array.from({ length: others + 1 }, (_, at) =>
      at === 0 ? 1 - probability : probability / others,
    );
  }
  if (channel.kind !== "pauli" || qubits !== 1) return null;
  const { x, y, z } = channel;
  const rest = 1 - chanceOf("pauli", x) - chanceOf("pauli", y) - chanceOf("pauli", z);
  if (rest < -1e-12) throw new CircuitError("the chances of X, Y and Z sum to more than 1");
  return [Math.max(0, rest), x, y, z];
}

/** @throws CircuitError for a probability outside 0 to 1, or a channel on a count of qubits it has not */
export function krausOf(channel: Channel, qubits: number): readonly Matrix[] {
  const chances = pauliChancesOf(channel, qubits);
  if (chances !== null) {
    const products =
      qubits === 1 ? paulis : paulis.flatMap((high) => paulis.map((low) => high.kron(low)));
    return products
      .map((product, at) => [chances[at]!, product] as const)
      .filter(([chance]) => chance > 0)
      .map(([chance, product]) => product.scale(Math.sqrt(chance)));
  }
  if (qubits !== 1) {
    throw new CircuitError(`${channel.kind} acts on one qubit, and ${qubits} are given`);
  }
  switch (channel.kind) {
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
    case "loss": {
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
    default:
      throw new CircuitError(`${channel.kind} acts on one qubit, or on two where it can`);
  }
}

function chanceOf(kind: string, probability: number): number {
  if (probability >= 0 && probability <= 1) return probability;
  throw new CircuitError(`${kind} needs a probability from 0 to 1, not ${probability}`);
}
