/** Other simulators on npm, where they are installed; none is a dependency of the project. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { GateOperation } from "../workers/quantum/core/circuit.ts";

export const installPeers =
  "npm i --no-save --ignore-scripts quantum-circuit@0.9.250 jsqubits@2.1.2 qsharp-lang@1.32.5-dev";

/** Looked up when they run, so that nothing else takes them for dependencies. */
const names: Readonly<Record<"quantumCircuit" | "jsqubits" | "qsharp", string>> = {
  quantumCircuit: "quantum-circuit",
  jsqubits: "jsqubits",
  qsharp: "qsharp-lang",
};

interface Peer {
  readonly name: string;
  /** Runs a circuit of H, T, RX and CX; rejects when the package is not there. */
  readonly run: (qubits: number, circuit: readonly GateOperation[]) => Promise<void>;
}

const require = createRequire(import.meta.url);

interface QuantumCircuit {
  appendGate(name: string, wires: readonly number[], options?: object): void;
  run(): void;
}
interface JsqubitsState {
  hadamard(qubit: number): JsqubitsState;
  t(qubit: number): JsqubitsState;
  rotateX(qubit: number, angle: number): JsqubitsState;
  cnot(control: number, target: number): JsqubitsState;
}
interface Qsharp {
  loadWasmModule(bytes: Uint8Array): Promise<void>;
  getCompiler(): Promise<{
    run(program: object, expression: string, shots: number, target: object): Promise<void>;
  }>;
  readonly QscEventTarget: new (captures: boolean) => object;
}

export const peers: readonly Peer[] = [
  {
    name: names.quantumCircuit,
    run: (qubits, circuit) => {
      const loaded = require(names.quantumCircuit) as {
        QuantumCircuit?: new (qubits: number) => QuantumCircuit;
      };
      const Circuit =
        loaded.QuantumCircuit ?? (loaded as unknown as new (n: number) => QuantumCircuit);
      const own = new Circuit(qubits);
      for (const { name, qubits: wires, parameters } of circuit) {
        own.appendGate(name, wires, name === "rx" ? { params: { theta: parameters[0] } } : {});
      }
      own.run();
      return Promise.resolve();
    },
  },
  {
    name: names.jsqubits,
    run: async (qubits, circuit) => {
      const loaded = (await import(names.jsqubits)) as Record<string, unknown>;
      const jsqubits = (loaded["jsqubits"] ?? loaded["default"]) as (bits: string) => JsqubitsState;
      let state = jsqubits(`|${"0".repeat(qubits)}>`);
      for (const { name: kind, qubits: wires, parameters } of circuit) {
        if (kind === "h") state = state.hadamard(wires[0]!);
        else if (kind === "t") state = state.t(wires[0]!);
        else if (kind === "rx") state = state.rotateX(wires[0]!, parameters[0]!);
        else state = state.cnot(wires[0]!, wires[1]!);
      }
    },
  },
  {
    name: names.qsharp,
    run: async (qubits, circuit) => {
      const qsharp = await loadQsharp();
      const lines = circuit.map(({ name, qubits: wires, parameters }) => {
        const angle = parameters.length > 0 ? `(${parameters.join(",")})` : "";
        return `${name}${angle} ${wires.map((wire) => `q[${wire}]`).join(",")};`;
      });
      const head = `OPENQASM 3.0; include "stdgates.inc"; qubit[${qubits}] q; bit b;`;
      const source = `${head}\n${lines.join("\n")}\nb = measure q[0];`;
      const compiler = await qsharp.getCompiler();
      await compiler.run(
        {
          sources: [["circuit.qasm", source]],
          languageFeatures: [],
          profile: "unrestricted",
          projectType: "openqasm",
        },
        "",
        1,
        new qsharp.QscEventTarget(false),
      );
    },
  },
];

let loadedQsharp: Promise<Qsharp> | undefined;

function loadQsharp(): Promise<Qsharp> {
  loadedQsharp ??= (async () => {
    const qsharp = (await import(names.qsharp)) as Qsharp;
    const entry = dirname(require.resolve(names.qsharp));
    await qsharp.loadWasmModule(readFileSync(join(entry, "../lib/web/qsc_wasm_bg.wasm")));
    return qsharp;
  })();
  return loadedQsharp;
}
