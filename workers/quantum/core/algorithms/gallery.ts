/** The algorithms by name, each a circuit made of a few numbers. */
import type { Circuit } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";
import { optimalIterations } from "../grover.ts";
import { bellState, ghzState, superdenseCoding, teleportation, wState } from "./entanglement.ts";
import { fourier } from "./fourier.ts";
import { circuitOf, gate } from "../circuit.ts";
import { estimationGallery } from "./gallery-estimation.ts";
import { angle, below, bit, type GalleryEntry, type Parameter, qubits } from "./gallery-entry.ts";
import { physicsGallery } from "./gallery-physics.ts";
import { variationalGallery } from "./gallery-variational.ts";
import { bernsteinVazirani, deutschJozsa, grover, simon } from "./oracles.ts";
import { bitsOf, orderFinding } from "./shor.ts";

/** Qubits of an order-finding circuit, so that it runs in a second. */
const orderFindingQubitsMax = 18;

export const gallery: readonly GalleryEntry[] = [
  {
    id: "bell",
    title: "Bell pair",
    summary: "Two qubits that always agree, and neither of which has a value of its own.",
    source: "Nielsen and Chuang 1.3.6",
    parameters: [],
    build: () => bellState(),
  },
  {
    id: "ghz",
    title: "GHZ state",
    summary: "All qubits 0 or all 1, with equal weight.",
    source: "Greenberger, Horne and Zeilinger 1989",
    parameters: [qubits(2, 24, 3)],
    build: ([count]) => ghzState(count!),
  },
  {
    id: "w",
    title: "W state",
    summary: "Exactly one qubit is 1, and it may be any of them.",
    source: "Duer, Vidal and Cirac 2000",
    parameters: [qubits(2, 24, 3)],
    build: ([count]) => wState(count!),
  },
  {
    id: "teleportation",
    title: "Teleportation",
    summary: "The state of one qubit reappears at another, by way of two measured bits.",
    source: "Bennett et al. 1993",
    parameters: [angle("theta", 1), angle("phi", 0.5), angle("lambda", 0)],
    build: ([theta, phi, lambda]) => teleportation(theta!, phi!, lambda!),
  },
  {
    id: "superdense-coding",
    title: "Superdense coding",
    summary: "Two bits travel in one qubit of a pair that was shared before.",
    source: "Bennett and Wiesner 1992",
    parameters: [bit("high"), bit("low")],
    build: ([high, low]) => superdenseCoding(high === 1 ? 1 : 0, low === 1 ? 1 : 0),
  },
  {
    id: "deutsch-jozsa",
    title: "Deutsch and Jozsa",
    summary: "One question tells whether a function is constant or balanced: 0 means constant.",
    source: "Deutsch and Jozsa 1992",
    parameters: [
      qubits(1, 12, 3),
      { name: "balanced", title: "Balanced", min: 0, max: 1, default: 1 },
    ],
    build: ([count, balanced]) => deutschJozsa(count!, (x) => balanced === 1 && (x & 1) === 1),
  },
  {
    id: "bernstein-vazirani",
    title: "Bernstein and Vazirani",
    summary: "One question reads a secret that a classical program asks bit by bit.",
    source: "Bernstein and Vazirani 1993",
    parameters: [
      qubits(1, 12, 5),
      { name: "secret", title: "Secret", min: 0, max: 4_095, default: 22 },
    ],
    build: ([count, secret]) => bernsteinVazirani(count!, below(secret!, 2 ** count!, "secret")),
  },
  {
    id: "simon",
    title: "Simon",
    summary: "Every measured number is orthogonal to the secret period of a function.",
    source: "Simon 1994",
    parameters: [
      qubits(2, 8, 4),
      { name: "secret", title: "Secret", min: 1, max: 255, default: 11 },
    ],
    build: ([count, secret]) => simon(count!, below(secret!, 2 ** count!, "secret")),
  },
  {
    id: "grover",
    title: "Grover search",
    summary: "The marked state's weight grows to almost 1 in about the square root of all steps.",
    source: "Grover 1996",
    parameters: [
      qubits(1, 14, 4),
      { name: "marked", title: "Marked state", min: 0, max: 16_383, default: 6 },
    ],
    build: ([count, marked]) => {
      const wanted = below(marked!, 2 ** count!, "marked");
      return grover(count!, optimalIterations(1, 2 ** count!), (x) => x === wanted);
    },
  },
  {
    id: "fourier",
    title: "Fourier transform",
    summary: "A number becomes a wave: equal weights, with phases that turn at its rate.",
    source: "Nielsen and Chuang 5.1",
    parameters: [
      qubits(1, 16, 4),
      { name: "number", title: "Number", min: 0, max: 65_535, default: 3 },
    ],
    build: ([count, number]) => {
      const register = Array.from({ length: count! }, (_, at) => at);
      const value = below(number!, 2 ** count!, "number");
      const prepare = register.filter((at) => ((value >> at) & 1) === 1);
      return circuitOf(count!, [...prepare.map((at) => gate("x", [at])), ...fourier(register)]);
    },
  },
  {
    id: "order-finding",
    title: "Order finding",
    summary:
      "The period of a^x mod N is measured as a phase: the quantum part of Shor's algorithm.",
    source: "Shor 1997",
    parameters: [
      { name: "modulus", title: "N", min: 3, max: 63, default: 15 },
      { name: "base", title: "a", min: 2, max: 62, default: 7 },
      { name: "counting", title: "Counting qubits", min: 2, max: 14, default: 8 },
    ],
    build: ([modulus, base, counting]) => {
      if (counting! + bitsOf(modulus!) > orderFindingQubitsMax) {
        throw new CircuitError(
          `at most ${orderFindingQubitsMax} qubits in all: choose fewer counting qubits`,
        );
      }
      return orderFinding(base!, modulus!, counting!);
    },
  },
  ...estimationGallery,
  ...physicsGallery,
  ...variationalGallery,
];

/**
 * The circuit of an entry; parameters that are left out have their defaults.
 * @throws CircuitError for an unknown name or a value out of its range, naming what would do
 */
export function buildFromGallery(id: string, given: Readonly<Record<string, number>>): Circuit {
  const entry = gallery.find((candidate) => candidate.id === id);
  if (entry === undefined) {
    const known = gallery.map((candidate) => candidate.id).join(", ");
    throw new CircuitError(`there is no algorithm ${id}: choose one of ${known}`);
  }
  const names = new Set(entry.parameters.map(({ name }) => name));
  const odd = Object.keys(given).find((name) => !names.has(name));
  if (odd !== undefined) {
    throw new CircuitError(
      `${id} has no parameter ${odd}: it has ${[...names].join(", ") || "none"}`,
    );
  }
  return entry.build(entry.parameters.map((parameter) => valueOf(parameter, given)));
}

function valueOf(parameter: Parameter, given: Readonly<Record<string, number>>): number {
  const { name, min, max, isAngle = false } = parameter;
  const value = given[name] ?? parameter.default;
  if (value >= min && value <= max && (isAngle || Number.isInteger(value))) return value;
  const kind = isAngle ? "a number" : "a whole number";
  throw new CircuitError(`${name} must be ${kind} from ${min} to ${max}, not ${value}`);
}
