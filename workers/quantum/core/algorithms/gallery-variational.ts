/** Circuits with free angles, as entries of the gallery; the routes that look for angles stand apart. */
import { Random } from "../../../cluster/random.ts";
import { angle, count, type GalleryEntry, qubits, seedParameter } from "./gallery-entry.ts";
import { complete, petersen, randomCubic, ring } from "./graphs.ts";
import { qaoaCircuit } from "./qaoa.ts";
import { anglesOf, hardwareEfficient } from "./vqe.ts";

const cut = (gamma: number | undefined, beta: number | undefined) => ({
  gammas: [gamma!],
  betas: [beta!],
});
/** The best angles of one layer on a ring. */
const ringAngles = [angle("gamma", Math.PI / 4), angle("beta", Math.PI / 8)];
/** tan^2(gamma) = 1/2 is best where every vertex has three neighbours and no triangle is. */
const cubicAngles = [angle("gamma", Math.atan(Math.SQRT1_2)), angle("beta", Math.PI / 8)];
const summary = "One layer turns the phase of each cut, one mixes: larger cuts become likelier.";
const source = "Farhi, Goldstone and Gutmann 2014";

export const variationalGallery: readonly GalleryEntry[] = [
  {
    id: "maxcut-ring",
    title: "Maximum cut of a ring (QAOA)",
    summary,
    source,
    parameters: [count("vertices", "Vertices", [3, 16, 6]), ...ringAngles],
    build: ([vertices, gamma, beta]) => qaoaCircuit(ring(vertices!), cut(gamma, beta)),
  },
  {
    id: "maxcut-complete",
    title: "Maximum cut of a complete graph (QAOA)",
    summary,
    source,
    parameters: [count("vertices", "Vertices", [2, 12, 5]), ...ringAngles],
    build: ([vertices, gamma, beta]) => qaoaCircuit(complete(vertices!), cut(gamma, beta)),
  },
  {
    id: "maxcut-petersen",
    title: "Maximum cut of Petersen's graph (QAOA)",
    summary,
    source,
    parameters: cubicAngles,
    build: ([gamma, beta]) => qaoaCircuit(petersen(), cut(gamma, beta)),
  },
  {
    id: "maxcut-cubic",
    title: "Maximum cut of a random cubic graph (QAOA)",
    summary,
    source,
    parameters: [count("vertices", "Vertices", [4, 16, 8]), ...cubicAngles, seedParameter],
    build: ([vertices, gamma, beta, seed]) =>
      qaoaCircuit(randomCubic(vertices!, seed!), cut(gamma, beta)),
  },
  {
    id: "hardware-efficient",
    title: "Hardware-efficient ansatz",
    summary: "Layers of free angles and of CX: the state that a variational eigensolver turns.",
    source: "Kandala et al. 2017",
    parameters: [qubits(1, 16, 4), count("layers", "Layers", [0, 20, 2]), seedParameter],
    build: ([size, layers, seed]) => {
      const random = new Random(seed!);
      const angles = Array.from(
        { length: anglesOf(size!, layers!) },
        () => (2 * random.float() - 1) * Math.PI,
      );
      return hardwareEfficient(size!, layers!, angles);
    },
  },
];
