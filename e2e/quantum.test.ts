/** Circuits over HTTP: every route, wrong input, and jobs that are too large. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only=gateway,quantum"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function post(path: string, body: unknown) {
  const answer = await fetch(platform.url(`/api/quantum/${path}`), {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

const gate = (name: string, qubits: number[], parameters: number[] = []) => ({
  kind: "gate",
  name,
  qubits,
  parameters,
});
const bell = { qubits: 2, operations: [gate("h", [0]), gate("cx", [0, 1])] };

describe("a circuit", () => {
  it("is run: a Bell pair shows 00 and 11 alone, and repeats with its seed", async () => {
    const first = await post("run", { circuit: bell, shots: 2_000, seed: 7 });
    expect(first).toMatchObject({ status: 200, json: { seed: 7 } });
    expect(first.json["method"]).toMatchObject({
      name: "state-vector",
      sampling: "one-simulation",
      precision: "double",
      memoryBytes: 64,
    });
    const counts = first.json["counts"] as Record<string, number>;
    expect(Object.keys(counts).toSorted()).toEqual(["00", "11"]);
    expect(counts["00"]! + counts["11"]!).toBe(2_000);
    expect(Math.abs(counts["00"]! - 1_000)).toBeLessThan(4 * Math.sqrt(500));
    const again = await post("run", { circuit: bell, shots: 2_000, seed: 7 });
    expect(again.json["counts"]).toEqual(counts);
  });

  it("is run shot by shot where chance decides on the way, with classical control", async () => {
    const circuit = {
      qubits: 2,
      bits: 2,
      operations: [
        gate("h", [0]),
        { kind: "measure", qubit: 0, bit: 0 },
        {
          kind: "if",
          condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
          whenTrue: [gate("x", [1])],
          whenFalse: [],
        },
        { kind: "measure", qubit: 1, bit: 1 },
      ],
    };
    const { json } = await post("run", { circuit, shots: 200, seed: 1 });
    expect(json["method"]).toMatchObject({ sampling: "shot-by-shot" });
    expect(Object.keys(json["counts"] as object).toSorted()).toEqual(["00", "11"]);
  });

  it("shows its state, its expectation values and its matrix", async () => {
    const half = Math.SQRT1_2;
    const state = await post("state", { circuit: bell });
    expect(state.json["amplitudes"]).toEqual(
      [half, 0, 0, 0, 0, 0, half, 0].map((value) => expect.closeTo(value, 12) as number),
    );
    const zero = expect.closeTo(0, 12) as number;
    expect(state.json["blochVectors"]).toEqual([
      [zero, zero, zero],
      [zero, zero, zero],
    ]);
    const terms = [
      { paulis: "ZZ", factor: 1 },
      { paulis: "XX", factor: 2 },
    ];
    const value = await post("expectation", { circuit: bell, terms });
    expect(value.json["value"]).toBeCloseTo(3, 12);
    const matrix = await post("unitary", { circuit: { qubits: 1, operations: [gate("y", [0])] } });
    expect(matrix.json).toMatchObject({ size: 2, elements: [0, 0, 0, -1, 0, 1, 0, 0] });
  });

  it("of 20 qubits is simulated beside other requests, which do not wait", async () => {
    const operations = Array.from({ length: 20 }, (_, qubit) => gate("ry", [qubit], [0.3]));
    const large = post("run", { circuit: { qubits: 20, operations }, shots: 10 });
    const status = await fetch(platform.url("/api/quantum/status"));
    expect(status.status).toBe(200);
    expect((await large).status).toBe(200);
  });

  it("that is given up leaves the simulator free", async () => {
    const operations = Array.from({ length: 2_000 }, (_, at) =>
      at % 2 === 0 ? gate("ry", [at % 22], [0.3]) : gate("cx", [(at + 4) % 22, at % 22]),
    );
    const controller = new AbortController();
    const slow = fetch(platform.url("/api/quantum/run"), {
      method: "POST",
      body: JSON.stringify({ circuit: { qubits: 22, operations }, shots: 1 }),
      headers: { "content-type": "application/json" },
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 300);
    await expect(slow).rejects.toThrow(/abort/i);
    expect((await post("run", { circuit: bell, shots: 10 })).status).toBe(200);
  });
});

describe("the method", () => {
  const ghz = (qubits: number, ...more: unknown[]) => ({
    qubits,
    operations: [
      gate("h", [0]),
      ...Array.from({ length: qubits - 1 }, (_, at) => gate("cx", [at, at + 1])),
      ...more,
    ],
  });

  it("of a thousand qubits with Clifford gates is a tableau: all agree", async () => {
    const { json } = await post("run", { circuit: ghz(1_000), shots: 100, seed: 1 });
    expect(json["method"]).toMatchObject({ name: "stabilizer", sampling: "one-simulation" });
    const outcomes = Object.keys(json["counts"] as object).toSorted();
    expect(outcomes).toEqual(["0".repeat(1_000), "1".repeat(1_000)]);
    const terms = [{ paulis: "X".repeat(1_000), factor: 2 }];
    const value = await post("expectation", { circuit: ghz(1_000), terms });
    expect(value.json).toMatchObject({ value: 2, standardError: 0 });
  });

  it("of 60 qubits that are not Clifford is refused by its memory, with what would fit", async () => {
    const { status, json } = await post("run", { circuit: ghz(60, gate("t", [7])) });
    expect(status).toBe(422);
    expect(problemSchema.parse(json)).toMatchObject({ code: "QUBITS_TOO_MANY" });
    expect(json["detail"]).toMatch(
      /60 qubits takes 16 EiB.*24 qubits, 256 MiB.*stabilizer.*gate t on qubit 7/,
    );
  });

  it("with noise is a density matrix where that is cheaper, and exact", async () => {
    const noise = {
      kind: "noise",
      channel: { kind: "amplitude-damping", probability: 0.25 },
      qubits: [0],
    };
    const circuit = { qubits: 1, operations: [gate("x", [0]), noise] };
    const run = await post("run", { circuit, shots: 100_000, seed: 1 });
    expect(run.json["method"]).toMatchObject({ name: "density-matrix" });
    const terms = [{ paulis: "Z", factor: 1 }];
    const exact = await post("expectation", { circuit, terms, method: "density-matrix" });
    expect(exact.json["value"]).toBeCloseTo(-0.5, 12);
    const drawn = await post("expectation", {
      circuit,
      terms,
      method: "state-vector",
      shots: 4_000,
      seed: 2,
    });
    const { value, standardError } = drawn.json as { value: number; standardError: number };
    expect(standardError).toBeGreaterThan(0);
    expect(Math.abs(value + 0.5)).toBeLessThan(5 * standardError);
  });

  it("in single precision takes half of the memory", async () => {
    const operations = Array.from({ length: 12 }, (_, qubit) => gate("ry", [qubit], [0.3]));
    const circuit = { qubits: 12, operations };
    const { json } = await post("run", { circuit, precision: "single" });
    expect(json["method"]).toMatchObject({ precision: "single", memoryBytes: 8 * 2 ** 12 });
    const terms = [{ paulis: "IIIIIIIIIIIZ", factor: 1 }];
    const value = await post("expectation", { circuit, terms, precision: "single" });
    expect(value.json["value"]).toBeCloseTo(Math.cos(0.3), 5);
  });
});

describe("a long run", () => {
  const noise = {
    kind: "noise",
    channel: { kind: "phase-damping", probability: 0.1 },
    qubits: [0],
  };
  const operations = [
    ...Array.from({ length: 14 }, (_, qubit) => gate("ry", [qubit], [0.3])),
    noise,
  ];
  const order = (shots: number) => ({
    method: "POST",
    body: JSON.stringify({ circuit: { qubits: 14, operations }, shots, method: "state-vector" }),
    headers: { "content-type": "application/json" },
  });

  it("streams how far it is, then the outcome", async () => {
    const answer = await fetch(platform.url("/api/quantum/sample"), order(1_000));
    expect(answer.headers.get("content-type")).toMatch(/event-stream/);
    const events = [...(await answer.text()).matchAll(/^data: (\{.*\})$/gm)].map(
      ([, json]) => JSON.parse(json!) as { done: number; counts: Record<string, number> | null },
    );
    const last = events.at(-1)!;
    expect(last.done).toBe(1_000);
    expect(Object.values(last.counts!).reduce((sum, count) => sum + count)).toBe(1_000);
    const steps = events.map(({ done }) => done);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(steps.length).toBeGreaterThan(1);
  });

  it("ends with its reader", async () => {
    const controller = new AbortController();
    const answer = await fetch(platform.url("/api/quantum/sample"), {
      ...order(1_000_000),
      signal: controller.signal,
    });
    const reader = answer.body!.getReader();
    await reader.read();
    controller.abort();
    await expect
      .poll(async () => {
        const capabilities = await fetch(platform.url("/api/quantum/capabilities"));
        return ((await capabilities.json()) as { jobs: unknown }).jobs;
      })
      .toEqual({ running: 0, waiting: 0 });
  });
});

describe("the capabilities", () => {
  it("name the backends with what they were measured at: all are right, one is chosen", async () => {
    const answer = await fetch(platform.url("/api/quantum/capabilities"));
    const { backends } = (await answer.json()) as {
      backends: {
        name: string;
        precision: string;
        msPerGate: number | null;
        correct: boolean;
        chosen: boolean;
        note: string;
      }[];
    };
    expect(backends.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["javascript", "wasm", "gpu.js-webgpu", "gpu.js-webasm"]) as string[],
    );
    for (const precision of ["double", "single"]) {
      const chosen = backends.filter((each) => each.precision === precision && each.chosen);
      expect(chosen).toMatchObject([{ correct: true }]);
    }
    // What could not be measured says why.
    for (const { msPerGate, correct, note } of backends) {
      if (msPerGate !== null) expect(correct && msPerGate > 0).toBe(true);
      else expect(note).not.toBe("");
    }
  });
});

describe("programs", () => {
  const source = [
    "OPENQASM 3.0;",
    'include "stdgates.inc";',
    "qubit[2] q;",
    "bit[2] c;",
    "h q[0];",
    "cx q[0], q[1];",
    "c = measure q;",
  ].join("\n");

  it("OpenQASM comes in, runs, and goes out in each format", async () => {
    const { status, json } = await post("qasm/import", { source });
    expect(status).toBe(200);
    const { circuit } = json as { circuit: object };
    const run = await post("run", { circuit, shots: 100, seed: 2 });
    expect(Object.keys(run.json["counts"] as object).toSorted()).toEqual(["00", "11"]);
    for (const [format, part] of [
      ["qasm3", "cx q[0], q[1];"],
      ["qasm2", "measure q[1] -> c[1];"],
      ["qiskit", "CXGate(), [0, 1]"],
      ["cirq", "cirq.measure"],
      ["quantikz", "\\begin{quantikz}"],
    ] as const) {
      const written = await post("export", { circuit, format });
      expect({ format, status: written.status }).toEqual({ format, status: 200 });
      expect(written.json["text"]).toContain(part);
    }
    const again = await post("qasm/import", {
      source: (await post("export", { circuit, format: "qasm3" })).json["text"],
    });
    expect(again.json["circuit"]).toEqual(circuit);
  });

  it("a loop that a measurement breaks is imported and runs until then", async () => {
    const text =
      'OPENQASM 3.0; include "stdgates.inc"; qubit q; bit c; while (true) { h q; c = measure q; if (c) break; }';
    const imported = await post("qasm/import", { source: text });
    expect(imported.status).toBe(200);
    const run = await post("run", { circuit: imported.json["circuit"], shots: 100, seed: 2 });
    const keys = Object.keys(run.json["counts"] as object);
    expect(keys.every((key) => key.endsWith("1"))).toBe(true);
  });

  it("mistakes of a source are named by line and column, with a caret", async () => {
    const wrong = source.replace("cx q[0], q[1];", "cx q[0], r[1];\nh q[7];");
    const { status, json } = await post("qasm/import", { source: wrong });
    const problem = problemSchema.parse(json);
    expect({ status, code: problem.code }).toEqual({ status: 422, code: "CIRCUIT_INVALID" });
    expect(problem.detail).toContain("line 6, column 10");
    expect(problem.detail).toContain("^");
    expect(problem.issues?.map(({ path }) => path)).toEqual(["source:6:10", "source:7:5"]);
  });

  it("algorithms come as circuits: Grover finds what was marked", async () => {
    const list = await fetch(platform.url("/api/quantum/algorithms"));
    const { algorithms } = (await list.json()) as { algorithms: { id: string }[] };
    expect(algorithms.map(({ id }) => id)).toContain("order-finding");
    const { json } = await post("algorithms/grover", { parameters: { qubits: 5, marked: 19 } });
    const run = await post("run", { circuit: json["circuit"], shots: 200, seed: 1 });
    const counts = run.json["counts"] as Record<string, number>;
    expect(counts["10011"]).toBeGreaterThan(180);
  });

  it("factors 15 by order finding, with the continued fraction", async () => {
    const { json } = await post("factor", { modulus: 15, base: 7, seed: 3 });
    expect(json["factors"]).toEqual([3, 5]);
    const attempts = json["attempts"] as { order: number; convergents: object[] }[];
    expect(attempts.at(-1)?.order).toBe(4);
    expect(attempts.at(-1)?.convergents.length).toBeGreaterThan(0);
  });

  it("searches by a formula, and counts what it accepts", async () => {
    const wanted = { formula: "x % 7 == 1" };
    const search = await post("amplify", { qubits: 5, wanted });
    expect(search).toMatchObject({ status: 200, json: { marked: 5, iterations: 1 } });
    const rounds = search.json["rounds"] as { success: number; closedForm: number }[];
    expect(rounds.at(-1)!.success).toBeCloseTo(rounds.at(-1)!.closedForm, 12);
    const count = await post("count", { qubits: 5, wanted, counting: 6, seed: 3 });
    const { estimate, errorBound } = count.json as {
      estimate: { count: number };
      errorBound: number;
    };
    expect(Math.abs(estimate.count - 5)).toBeLessThan(errorBound);
  });

  it("looks for angles: the cut of a ring, the energy of hydrogen", async () => {
    const graph = { kind: "ring", vertices: 6 };
    const cut = await post("maximum-cut", { graph, seed: 1 });
    expect(cut).toMatchObject({ status: 200, json: { maximum: 6, seed: 1 } });
    // Of one layer three quarters are the most (Farhi et al. 2014).
    expect(cut.json["expectation"]).toBeCloseTo(4.5, 5);
    const energy = await post("ground-energy", {
      hamiltonian: { kind: "hydrogen", bondLength: 0.75 },
      seed: 1,
    });
    expect(energy.json["energy"]).toBeCloseTo(energy.json["exact"] as number, 6);
  });

  it("walks, breaks Bell's inequality and passes the test of quantum volume", async () => {
    const walk = await post("walk", { on: { kind: "cycle", positions: 6 }, steps: 20 });
    const { quantum, classical } = walk.json["spread"] as { quantum: number; classical: number };
    expect(classical).toBeCloseTo(Math.sqrt(20), 6);
    expect(quantum).toBeGreaterThan(2 * classical);
    const bellTest = await post("bell-test", { seed: 7 });
    expect(bellTest.json["exact"]).toBeCloseTo(2 * Math.SQRT2, 12);
    expect(bellTest.json["violates"]).toBe(true);
    const volume = await post("volume", { width: 3, seed: 1 });
    expect(volume).toMatchObject({ status: 200, json: { passed: true, volume: 8 } });
  });

  it("makes a circuit shorter, which is the same, and cheaper", async () => {
    const circuit = {
      qubits: 2,
      operations: [gate("cx", [0, 1]), gate("t", [0]), gate("cx", [0, 1]), gate("t", [0])],
    };
    const { status, json } = await post("optimise", { circuit });
    expect(status).toBe(200);
    const shorter = json["circuit"] as { operations: object[] };
    expect(shorter.operations).toEqual([gate("s", [0])]);
    expect(json).toMatchObject({ before: { operations: 4, tCount: 2 }, after: { tCount: 0 } });
    const same = await post("equivalence", { first: circuit, second: shorter, exactly: true });
    expect(same.json).toMatchObject({ equal: true, method: "matrix", confidence: 1 });
    const other = await post("equivalence", { first: circuit, second: bell });
    expect(other.json["equal"]).toBe(false);
    expect(other.json["counterexample"]).toMatchObject({
      qubits: [expect.any(Array), expect.any(Array)],
    });
    expect((await post("cost", { circuit })).json).toMatchObject({ twoQubit: 2, depth: 4 });
  });

  it.each([
    ["amplify", { qubits: 3, wanted: { formula: "y == 1" } }, "a formula knows x alone"],
    ["count", { qubits: 9, counting: 9, wanted: { states: [1] } }, "more than 16 in all"],
    ["maximum-cut", { graph: { kind: "cubic", vertices: 5 } }, "even number"],
    ["ground-energy", { hamiltonian: { kind: "hydrogen", bondLength: 9 } }, "choose one of 0.3"],
    ["equivalence", { first: bell, second: { qubits: 1, operations: [] } }, "2 and 1 qubits"],
    ["algorithms/shor", {}, "there is no algorithm shor"],
    ["algorithms/ghz", { parameters: { qubits: 99 } }, "from 2 to 24"],
    ["factor", { modulus: 17 }, "prime"],
    ["factor", { modulus: 16 }, "even"],
    ["export", { circuit: bell, format: "quirk" }, ""],
  ] as const)("%s with %j", async (path, body, message) => {
    const { status, json } = await post(path, body);
    if (message === "") expect(JSON.parse(json["text"] as string)).toHaveProperty("cols");
    else {
      expect({ status, code: json["code"] }).toEqual({ status: 422, code: "CIRCUIT_INVALID" });
      expect(json["detail"]).toContain(message);
    }
  });
});

describe("wrong input", () => {
  it.each([
    ["run", { circuit: bell, shots: 0 }, 400, "INPUT_INVALID"],
    ["run", { circuit: { ...bell, gates: [] } }, 400, "INPUT_INVALID"],
    ["run", { circuit: { qubits: 1, operations: [{ kind: "teleport" }] } }, 400, "INPUT_INVALID"],
    ["run", { circuit: { qubits: 1, operations: [gate("foo", [0])] } }, 422, "CIRCUIT_INVALID"],
    ["run", { circuit: { qubits: 1, operations: [gate("cx", [0, 0])] } }, 422, "CIRCUIT_INVALID"],
    ["run", { circuit: { qubits: 1, operations: [gate("x", [3])] } }, 422, "CIRCUIT_INVALID"],
    [
      "run",
      { circuit: { qubits: 1, bits: 1, operations: [{ kind: "measure", qubit: 0, bit: 1 }] } },
      422,
      "CIRCUIT_INVALID",
    ],
    [
      "run",
      { circuit: { qubits: 1, bits: 1, operations: [{ kind: "measure", qubit: 9, bit: 0 }] } },
      422,
      "CIRCUIT_INVALID",
    ],
    ["state", { circuit: { qubits: 13, operations: [] } }, 422, "QUBITS_TOO_MANY"],
    ["unitary", { circuit: { qubits: 8, operations: [] } }, 422, "QUBITS_TOO_MANY"],
    [
      "unitary",
      { circuit: { qubits: 1, bits: 1, operations: [{ kind: "measure", qubit: 0, bit: 0 }] } },
      422,
      "CIRCUIT_INVALID",
    ],
    ["expectation", { circuit: bell, terms: [{ paulis: "Z", factor: 1 }] }, 422, "CIRCUIT_INVALID"],
  ])("%s refuses %j", async (path, body, status, code) => {
    const answer = await post(path, body);
    expect({ status: answer.status, code: problemSchema.parse(answer.json).code }).toEqual({
      status,
      code,
    });
  });
});
