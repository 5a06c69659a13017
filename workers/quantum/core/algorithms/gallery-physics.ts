/** Walks, Bell's inequality and random circuits, as entries of the gallery. */
import { bellTestCircuit, optimalAngles } from "./bell-test.ts";
import { count, type GalleryEntry, real, seedParameter } from "./gallery-entry.ts";
import { measuredVolumeCircuit } from "./quantum-volume.ts";
import { cycleWalk, hypercubeWalk } from "./walk.ts";

export const physicsGallery: readonly GalleryEntry[] = [
  {
    id: "walk-on-cycle",
    title: "Quantum walk on a cycle",
    summary: "A walker with a quantum coin spreads as fast as its steps, not as their root.",
    source: "Kempe 2003",
    parameters: [
      count("positions", "Qubits of the position", [1, 12, 6]),
      count("steps", "Steps", [0, 2_000, 20]),
    ],
    build: ([positions, steps]) => cycleWalk(positions!, steps!),
  },
  {
    id: "walk-on-hypercube",
    title: "Quantum walk on a hypercube",
    summary: "After about pi/2 times its dimensions in steps the walker is at the far corner.",
    source: "Moore and Russell 2002; Kempe 2005",
    parameters: [
      count("coins", "Qubits of the coin", [1, 3, 3]),
      count("steps", "Steps", [0, 2_000, 12]),
    ],
    build: ([coins, steps]) => hypercubeWalk(coins!, steps!),
  },
  {
    id: "chsh",
    title: "Bell test of Clauser, Horne, Shimony and Holt",
    summary:
      "One of four settings; their correlations add up to 2 sqrt 2, where 2 is the classical most.",
    source: "Clauser, Horne, Shimony and Holt 1969",
    parameters: [
      count("setting", "Setting", [0, 3, 0]),
      real("noise", "Depolarising noise", [0, 1, 0]),
    ],
    build: ([setting, noise]) => bellTestCircuit(setting!, { ...optimalAngles, noise: noise! }),
  },
  {
    id: "quantum-volume",
    title: "Quantum volume",
    summary: "Random pairs under random gates, in as many layers as there are qubits.",
    source: "Cross et al. 2019",
    parameters: [count("qubits", "Qubits", [2, 20, 4]), seedParameter],
    build: ([width, seed]) => measuredVolumeCircuit(width!, seed!),
  },
];
