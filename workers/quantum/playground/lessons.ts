/** The guided pages. */
import { grover } from "../core/algorithms/oracles.ts";
import { orderFinding } from "../core/algorithms/shor.ts";
import { bellState } from "../core/algorithms/entanglement.ts";
import type { Circuit, Operation } from "../core/circuit.ts";
import { circuitOf, gate } from "../core/circuit.ts";
import type { CircuitDocument } from "./document.ts";
import { emptyDocument } from "./document.ts";
import { documentOfCircuit } from "./from-circuit.ts";
import type { Lesson } from "./lesson.ts";

function page(
  title: string,
  circuit: Circuit,
  extra: Partial<CircuitDocument> = {},
): CircuitDocument {
  return { ...documentOfCircuit(circuit, title), ...extra };
}

const withoutMeasurement = (circuit: Circuit): Circuit => ({
  ...circuit,
  operations: circuit.operations.filter(({ kind }: Operation) => kind !== "measure"),
});

const blank = (title: string, wires: number): CircuitDocument => ({
  ...emptyDocument,
  title,
  wires,
  bits: wires,
});

const bell: Lesson = {
  id: "bell",
  title: "A Bell pair",
  summary: "Two qubits that always agree, though neither has a value of its own.",
  steps: [
    {
      title: "A qubit in the middle",
      text: [
        "Both qubits begin as 0: their arrows point up. A Hadamard gate turns q0 to the equator, halfway between 0 and 1, so that a measurement finds either with probability 1/2.",
      ],
      document: blank("Bell pair", 2),
      task: "Place an H on q0: drag it there, or move the cursor to q0 and press H.",
      goal: {
        states: [
          { basis: 0, probability: 0.5 },
          { basis: 1, probability: 0.5 },
        ],
      },
      done: "q0 lies on the equator. Its arrow is still full length: q0 has a state of its own.",
      look: "wires",
    },
    {
      title: "A gate that asks first",
      text: [
        "A controlled X flips q1 only where q0 is 1. Since q0 is both, q1 is flipped and not flipped: 00 and 11 remain, and the two qubits share one state.",
      ],
      task: "In the next column place an X on q1, and then a control on q0 in the same column (press C there).",
      goal: {
        states: [
          { basis: 0, probability: 0.5 },
          { basis: 3, probability: 0.5 },
        ],
        length: { wire: 0, value: 0 },
      },
      done: "Both arrows have shrunk to nothing: by itself each qubit is completely random. All that is known is that they agree.",
      look: "state",
    },
    {
      title: "They agree every time",
      text: [
        "Measure both many times. 00 and 11 come up about equally often, 01 and 10 never. No message passes between them: each side alone sees coin flips.",
      ],
      document: page("Bell pair", bellState()),
      task: "Add noise: push the slider above 0 and watch 01 and 10 appear among the counts. Then go on.",
      look: "counts",
    },
    {
      title: "Go back in time",
      text: [
        "The slider under the circuit is the moment that is shown. Step back and forth: the picture is the state between two columns, exactly.",
      ],
      document: page("Bell pair", bellState()),
      playhead: 0,
      task: "Step forward twice with the . key or the button.",
      goal: { step: 2 },
      done: "At step 1 the arrow of q0 is at the equator; at step 2 it is gone into the pair.",
      look: "time",
    },
  ],
};

const marked = 6;
const isMarked = (x: number): boolean => x === marked;

const search: Lesson = {
  id: "grover",
  title: "Grover search",
  summary: "The marked one among 8 is found after 2 questions instead of 4.",
  steps: [
    {
      title: "All at once",
      text: [
        "Hadamard gates on three qubits give each of the eight numbers the same amplitude, 1/√8, and so probability 1/8. A guess now would be right once in eight times.",
      ],
      document: blank("Grover search", 3),
      task: "Place an H on each of q0, q1 and q2.",
      goal: {
        states: Array.from({ length: 8 }, (_, basis) => ({ basis, probability: 1 / 8 })),
      },
      done: "Eight equal bars. The search begins here.",
      look: "state",
    },
    {
      title: "The oracle marks one",
      text: [
        "The oracle answers whether a number is the wanted one, 6, by turning the sign of its amplitude. No probability has changed; look at the phases.",
        "The diffusion then reflects every amplitude about their mean. The marked one, below the mean, is thrown far above it.",
      ],
      document: page("Grover search, one round", withoutMeasurement(grover(3, 1, isMarked))),
      playhead: 0,
      task: "Step through the circuit with , and . and watch the amplitude of 110. Go to the end.",
      goal: { likely: { basis: marked, probability: 0.75 } },
      done: "After one round: 25/32, 78 %.",
      look: "state",
    },
    {
      title: "Twice is right, three times too much",
      text: [
        "With the angle θ = asin(1/√8) each round turns the state by 2θ towards the marked one: after k rounds its probability is sin²((2k + 1)θ). Two rounds give 94.5 %; a third goes past it, to 33 %.",
      ],
      document: page("Grover search, two rounds", withoutMeasurement(grover(3, 2, isMarked))),
      goal: { likely: { basis: marked, probability: 0.94 } },
      done: "94.5 %, the most that three qubits reach.",
      look: "counts",
    },
  ],
};

const shorCircuit = (): Circuit => orderFinding(7, 15, 4);

const shor: Lesson = {
  id: "shor",
  title: "Shor factors 15",
  summary:
    "A period is measured as a phase; a continued fraction reads it; a common divisor is a factor.",
  steps: [
    {
      title: "From factors to a period",
      text: [
        "Choose a number that shares no factor with 15, such as 7. Its powers modulo 15 repeat: 7, 4, 13, 1, 7, ... The length of the period is the order r = 4.",
        "Then 7⁴ − 1 = (7² − 1)(7² + 1) is a multiple of 15, and what 7² − 1 = 48 and 7² + 1 = 50 share with 15 are its factors: 3 and 5. Only the period is hard to find for a large number; that is what the circuit does.",
      ],
      document: page("Order of 7 modulo 15", shorCircuit()),
      look: "circuit",
    },
    {
      title: "The period becomes a wave",
      text: [
        "Four counting qubits, q0 to q3, hold all numbers x at once. Under their control, q4 to q7 are multiplied by 7, 7², 7⁴, 7⁸ modulo 15, so that they hold 7ˣ. The inverse Fourier transform turns the period of that into peaks.",
      ],
      document: page("Order of 7 modulo 15", withoutMeasurement(shorCircuit())),
      playhead: 0,
      task: "Step to the end of the circuit and find the peaks of the counting register.",
      goal: { isAtEnd: true },
      done: "Four peaks of 1/4 each, at 0, 4, 8 and 12 of 16: multiples of 1/r.",
      look: "state",
    },
    {
      title: "Read the fraction, and divide",
      text: [
        "A measured y is close to 16 · l / r for some l. The continued fraction of y / 16 gives candidates for r; each is tried with 7ʳ = 1 modulo 15.",
      ],
      document: page("Order of 7 modulo 15", shorCircuit()),
      task: "Press Measure until a measurement gives the factors.",
      factoring: { modulus: 15, base: 7 },
      look: "factoring",
    },
  ],
};

/** A place to begin for who opens the page without a link. */
export const firstDocument: CircuitDocument = page(
  "Bell pair",
  circuitOf(3, [gate("h", [0]), gate("cx", [0, 1])], 3),
);

export const lessons: readonly Lesson[] = [bell, search, shor];
