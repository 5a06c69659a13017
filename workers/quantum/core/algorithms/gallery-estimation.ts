/** Amplification, counting and phases, as entries of the gallery. */
import { CircuitError } from "../primitive.ts";
import {
  amplitudeAmplification,
  amplitudeEstimation,
  groverFor,
  tiltedPreparation,
  uniformSearch,
} from "./amplification.ts";
import { angle, below, count, type GalleryEntry, qubits, real } from "./gallery-entry.ts";
import { iterativePhase, phaseOfGate } from "./phase.ts";

/** Qubits of a counting circuit, so that it runs in a second. */
const countingQubitsMax = 16;

export const estimationGallery: readonly GalleryEntry[] = [
  {
    id: "grover-formula",
    title: "Grover search by a formula",
    summary: "Every number with x mod divisor = remainder is marked, and all are found alike.",
    source: "Boyer, Brassard, Hoyer and Tapp 1998",
    parameters: [
      qubits(1, 14, 6),
      count("divisor", "Divisor", [1, 16_384, 13]),
      count("remainder", "Remainder", [0, 16_383, 5]),
    ],
    build: ([size, divisor = 1, remainder = 0]) => {
      if (remainder >= divisor) {
        throw new CircuitError(`remainder must be below the divisor, from 0 to ${divisor - 1}`);
      }
      const wanted = below(remainder, 2 ** size!, "remainder");
      return groverFor(size!, (x) => x % divisor === wanted);
    },
  },
  {
    id: "amplitude-amplification",
    title: "Amplitude amplification",
    summary: "A preparation that seldom succeeds is made to succeed, by turns of twice its angle.",
    source: "Brassard, Hoyer, Mosca and Tapp 2000",
    parameters: [
      qubits(1, 14, 4),
      angle("angle", 1),
      count("marked", "Marked state", [0, 16_383, 15]),
      count("iterations", "Rounds", [0, 1_000, 2]),
    ],
    build: ([size, tilt, marked, iterations]) => {
      const wanted = below(marked!, 2 ** size!, "marked");
      const prepare = tiltedPreparation(size!, tilt!);
      return amplitudeAmplification(
        { qubits: size!, prepare, accepts: (x) => x === wanted },
        iterations!,
      );
    },
  },
  {
    id: "quantum-counting",
    title: "Quantum counting",
    summary: "How many states are marked is measured as the phase of Grover's step.",
    source: "Brassard, Hoyer and Tapp 1998",
    parameters: [
      qubits(1, 10, 4),
      count("marked", "Marked states", [0, 1_024, 3]),
      count("counting", "Counting qubits", [1, 10, 5]),
    ],
    build: ([size, marked, counting]) => {
      const wanted = below(marked!, 2 ** size! + 1, "marked");
      if (size! + counting! > countingQubitsMax) {
        throw new CircuitError(
          `at most ${countingQubitsMax} qubits in all: choose fewer counting qubits`,
        );
      }
      return amplitudeEstimation(
        uniformSearch(size!, (x) => x < wanted),
        counting!,
      );
    },
  },
  {
    id: "phase-estimation",
    title: "Phase estimation",
    summary: "The phase of an eigenvalue is read as a binary fraction.",
    source: "Nielsen and Chuang 5.2",
    parameters: [
      real("phase", "Phase in turns", [0, 1, 0.3]),
      count("counting", "Counting qubits", [1, 14, 5]),
    ],
    build: ([phase, counting]) => phaseOfGate(phase!, counting!),
  },
  {
    id: "iterative-phase-estimation",
    title: "Iterative phase estimation",
    summary: "One qubit, measured and used again, reads the same digits: the lowest first.",
    source: "Dobsicek, Johansson, Shumeiko and Wendin 2007",
    parameters: [
      real("phase", "Phase in turns", [0, 1, 0.3]),
      count("counting", "Digits", [1, 16, 5]),
    ],
    build: ([phase, counting]) => iterativePhase(phase!, counting!),
  },
];
