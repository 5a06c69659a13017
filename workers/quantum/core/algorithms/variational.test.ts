import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { exactDistribution } from "../distribution.ts";
import {
  complete,
  cutOf,
  type Graph,
  graphOf,
  maximumCut,
  petersen,
  randomCubic,
  ring,
} from "./graphs.ts";
import { bondLengths, groundEnergy, hydrogen, isingChain } from "./hamiltonians.ts";
import { expectedCut, expectedCutOfOneLayer, qaoaCircuit, solveQaoa } from "./qaoa.ts";
import { anglesOf, hardwareEfficient, solveVqe } from "./vqe.ts";

const degrees = ({ vertices, edges }: Graph) =>
  Array.from({ length: vertices }, (_, at) => edges.filter((edge) => edge.includes(at)).length);

describe("graphs", () => {
  it("have the largest cuts of the literature", () => {
    for (const size of [3, 4, 7, 10]) {
      expect(maximumCut(ring(size))).toBe(size - (size % 2));
      expect(maximumCut(complete(size))).toBe(Math.floor(size / 2) * Math.ceil(size / 2));
    }
    // Of 15 edges 12 can be cut: the odd cycles lose at least 3.
    expect(maximumCut(petersen())).toBe(12);
  });

  it.each([4, 8, 14])(
    "random ones of %i vertices have three neighbours each, and repeat",
    (size) => {
      for (let seed = 0; seed < 10; seed++) {
        const graph = randomCubic(size, seed);
        expect(new Set(degrees(graph))).toEqual(new Set([3]));
        expect(graphOf(size, graph.edges)).toEqual(randomCubic(size, seed));
      }
    },
  );

  it.each([
    [() => ring(2), /3 to 16 vertices, not 2/],
    [() => randomCubic(7, 1), /even number/],
    [() => graphOf(3, [[0, 3]]), /edge 0-3: its ends are two of the vertices 0 to 2/],
    [() => graphOf(3, [[1, 1]]), /edge 1-1/],
    [
      () =>
        graphOf(3, [
          [0, 1],
          [1, 0],
        ]),
      /0-1 is given twice/,
    ],
  ] as const)("refuse what is none", (make, message) => {
    expect(make).toThrow(message);
  });
});

describe("QAOA (Farhi, Goldstone and Gutmann 2014)", () => {
  const graphs: readonly (readonly [string, Graph])[] = [
    ["ring of 5", ring(5)],
    ["triangle", ring(3)],
    ["complete of 5", complete(5)],
    ["Petersen", petersen()],
    ["cubic of 8", randomCubic(8, 3)],
    [
      "any",
      graphOf(6, [
        [0, 1],
        [1, 2],
        [0, 2],
        [2, 3],
        [3, 4],
        [1, 4],
      ]),
    ],
  ];

  it.each(graphs)("one layer on %s is as theorem 1 of Wang et al. (2018)", (_, graph) => {
    const random = new Random(11);
    for (let draw = 0; draw < 5; draw++) {
      const gamma = (random.float() - 0.5) * 2 * Math.PI;
      const beta = (random.float() - 0.5) * Math.PI;
      const simulated = expectedCut(graph, { gammas: [gamma], betas: [beta] });
      expect(Math.abs(simulated - expectedCutOfOneLayer(graph, gamma, beta))).toBeLessThan(1e-12);
    }
  });

  it.each(graphs)("three layers on %s: the circuit has the mean cut of the search", (_, graph) => {
    const angles = { gammas: [0.4, -1.1, 0.8], betas: [0.7, 0.2, -0.3] };
    const mean = [...exactDistribution(qaoaCircuit(graph, angles))].reduce(
      (sum, [sides, chance]) => sum + chance * cutOf(graph, Number.parseInt(sides, 2)),
      0,
    );
    expect(Math.abs(mean - expectedCut(graph, angles))).toBeLessThan(1e-12);
  });

  it("of triangle-free regular graphs is 1/2 + sin(4 beta) sin(gamma) cos^(d-1)(gamma) / 2 an edge", () => {
    const [gamma, beta] = [0.6, 0.35];
    const expected = 0.5 + 0.5 * Math.sin(4 * beta) * Math.sin(gamma) * Math.cos(gamma) ** 2;
    const cut = expectedCut(petersen(), { gammas: [gamma], betas: [beta] });
    expect(Math.abs(cut - 15 * expected)).toBeLessThan(1e-12);
  });

  it.each([
    [1, 3 / 4],
    [2, 5 / 6],
  ])("%i layers on a ring cut at most %d of it, and the search finds that", (layers, share) => {
    const options = { layers, method: "nelder-mead", evaluationsMax: 900, shots: 200 } as const;
    const best = Math.max(
      ...[1, 2, 3].map((seed) => solveQaoa({ graph: ring(8), seed, ...options }).expectation),
    );
    // The optimum 1 - 1/(2p + 2): Farhi et al., section IV, proved by Mbeng, Fazio and Santoro (2019).
    expect(best / 8).toBeGreaterThan(share - 1e-6);
    expect(best / 8).toBeLessThan(share + 1e-9);
  });

  it("one layer on cubic graphs without triangles cuts 1/2 + 1/(3 sqrt 3) of the edges", () => {
    const result = solveQaoa({
      graph: petersen(),
      layers: 1,
      method: "nelder-mead",
      evaluationsMax: 300,
      shots: 500,
      seed: 2,
    });
    // sin cos^2 is at most 2 / (3 sqrt 3): Farhi et al. give 0.6924.
    expect(result.expectation / 15).toBeCloseTo(0.5 + 1 / (3 * Math.sqrt(3)), 8);
    expect(result.closedForm).toBeCloseTo(result.expectation, 11);
    expect(result.best.cut).toBe(12);
    expect(cutOf(petersen(), Number.parseInt(result.best.sides, 2))).toBe(result.best.cut);
    expect(result.cutCounts.reduce((sum, count) => sum + count, 0)).toBe(500);
    const mean = [...exactDistribution(result.circuit)].reduce(
      (sum, [sides, chance]) => sum + chance * cutOf(petersen(), Number.parseInt(sides, 2)),
      0,
    );
    expect(mean).toBeCloseTo(result.expectation, 11);
    expect(result.ratio).toBeCloseTo(result.expectation / 12, 12);
  });

  it("simultaneous perturbation comes close, too, and repeats with its seed", () => {
    const options = {
      graph: ring(6),
      layers: 1,
      method: "spsa",
      evaluationsMax: 400,
      shots: 10,
      seed: 5,
    } as const;
    const result = solveQaoa(options);
    expect(result.expectation / 6).toBeGreaterThan(0.74);
    expect(solveQaoa(options)).toEqual(result);
  });

  it("without angles is an even mixture of all cuts", () => {
    const graph = randomCubic(6, 1);
    const circuit = qaoaCircuit(graph, { gammas: [0], betas: [0.4] });
    for (const chance of exactDistribution(circuit).values()) {
      expect(chance).toBeCloseTo(1 / 64, 12);
    }
  });
});

describe("ground energies", () => {
  it.each(bondLengths)(
    "hydrogen at %d angstrom: as the 2 by 2 block of one electron pair",
    (length) => {
      const { terms } = hydrogen(length);
      const [one, z0, z1, zz, xx, yy] = terms.map(({ factor }) => factor) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      // X X + Y Y couples |01> and |10> alone; X X - Y Y, which is 0 here, the other two.
      const odd = one - zz - Math.hypot(z0 - z1, xx + yy);
      const even = one + zz - Math.hypot(z0 + z1, xx - yy);
      expect(groundEnergy(hydrogen(length))).toBeCloseTo(Math.min(odd, even), 12);
    },
  );

  it("of hydrogen is lowest at 0.75 angstrom, of the distances that are known", () => {
    const energies = bondLengths.map((length) => groundEnergy(hydrogen(length)));
    expect(bondLengths[energies.indexOf(Math.min(...energies))]).toBe(0.75);
    expect(() => hydrogen(0.76)).toThrow(/choose one of 0.3, 0.5/);
  });

  it.each([
    [3, 1, 0.7],
    [4, 1, 1],
    [5, 0.5, 1.3],
    [6, -1, 0.4],
  ])(
    "of a closed chain of %i spins, J %d, h %d: Pfeuty's free fermions (1970)",
    (qubits, coupling, field) => {
      // The even sector's momenta are odd multiples of pi / n; frustration is left to even chains.
      let energy = 0;
      for (let mode = 0; mode < qubits; mode++) {
        const momentum = ((2 * mode + 1) * Math.PI) / qubits;
        energy -= Math.sqrt(coupling ** 2 + field ** 2 - 2 * coupling * field * Math.cos(momentum));
      }
      const exact = groundEnergy(isingChain({ qubits, coupling, field, closed: true }));
      expect(Math.abs(exact - energy)).toBeLessThan(1e-11);
    },
  );

  it("of an open chain without a field is that of its bonds, without a coupling that of its spins", () => {
    const open = { qubits: 5, closed: false };
    expect(groundEnergy(isingChain({ ...open, coupling: 2, field: 0 }))).toBeCloseTo(-8, 12);
    expect(groundEnergy(isingChain({ ...open, coupling: 0, field: 3 }))).toBeCloseTo(-15, 12);
  });
});

describe("VQE (Peruzzo et al. 2014)", () => {
  it("the ansatz has as many angles as it says, and 0 leaves |0...0>", () => {
    const angles = Array.from({ length: anglesOf(3, 2) }, () => 0);
    const circuit = hardwareEfficient(3, 2, angles);
    expect(
      circuit.operations.filter((each) => each.kind === "gate" && each.name === "ry"),
    ).toHaveLength(9);
    expect(circuit.operations).toHaveLength(13);
  });

  it.each(["nelder-mead", "spsa", "coordinate-sines"] as const)(
    "finds hydrogen's ground energy by %s, never below it",
    (method) => {
      for (const length of [0.5, 0.75, 1.5]) {
        const { energy, exact, error, search } = solveVqe({
          hamiltonian: hydrogen(length),
          layers: 1,
          method,
          evaluationsMax: 3_000,
          starts: 3,
          seed: 1,
        });
        expect(energy - exact).toBe(error);
        expect(error).toBeGreaterThan(-1e-12);
        // Chemical accuracy is 1.6e-3 hartree.
        expect(error).toBeLessThan(method === "spsa" ? 1.6e-3 : 1e-8);
        expect(Math.min(...search.values)).toBeGreaterThan(exact - 1e-12);
      }
    },
  );

  it.each([0.5, 1, 1.5])(
    "comes close to an Ising chain's ground energy in a field of %d",
    (field) => {
      const hamiltonian = isingChain({ qubits: 4, coupling: 1, field, closed: false });
      const { error, exact } = solveVqe({
        hamiltonian,
        layers: 3,
        method: "coordinate-sines",
        evaluationsMax: 6_000,
        starts: 3,
        seed: 7,
      });
      expect(error).toBeGreaterThan(-1e-12);
      expect(error / Math.abs(exact)).toBeLessThan(0.02);
    },
  );
});
