/**
 * Each gate of the standard files against the definition in its specification, which is written out
 * here and compiled from U, CX and gphase alone, no file being included.
 */
import { describe, expect, it } from "vitest";
import type { Circuit } from "../circuit.ts";
import { Matrix } from "../matrix.ts";
import { denseOf, isUnitaryOperation, primitivesOf } from "../primitive.ts";
import { compileQasm } from "./compile-qasm.ts";
import { gateTexts } from "./library.ts";

/** stdgates.inc of the live specification, its names with an s before them. */
const stdgates = `
gate s_p(λ) a { ctrl @ gphase(λ) a; }
gate s_x a { U(π, 0, π) a; gphase(-π/2); }
gate s_y a { U(π, π/2, π/2) a; gphase(-π/2); }
gate s_z a { s_p(π) a; }
gate s_h a { U(π/2, 0, π) a; gphase(-π/4); }
gate s_s a { pow(1/2) @ s_z a; }
gate s_sdg a { inv @ pow(1/2) @ s_z a; }
gate s_t a { pow(1/2) @ s_s a; }
gate s_tdg a { inv @ pow(1/2) @ s_s a; }
gate s_sx a { pow(1/2) @ s_x a; }
gate s_rx(θ) a { U(θ, -π/2, π/2) a; gphase(-θ/2); }
gate s_ry(θ) a { U(θ, 0, 0) a; gphase(-θ/2); }
gate s_rz(λ) a { gphase(-λ/2); U(0, 0, λ) a; }
gate s_cx a, b { ctrl @ s_x a, b; }
gate s_cy a, b { ctrl @ s_y a, b; }
gate s_cz a, b { ctrl @ s_z a, b; }
gate s_cp(λ) a, b { ctrl @ s_p(λ) a, b; }
gate s_crx(θ) a, b { ctrl @ s_rx(θ) a, b; }
gate s_cry(θ) a, b { ctrl @ s_ry(θ) a, b; }
gate s_crz(θ) a, b { ctrl @ s_rz(θ) a, b; }
gate s_ch a, b { ctrl @ s_h a, b; }
gate s_swap a, b { s_cx a, b; s_cx b, a; s_cx a, b; }
gate s_ccx a, b, c { ctrl @ ctrl @ s_x a, b, c; }
gate s_cswap a, b, c { ctrl @ s_swap a, b, c; }
gate s_cu(θ, φ, λ, γ) a, b { s_p(γ - θ/2) a; ctrl @ U(θ, φ, λ) a, b; }
gate s_CX a, b { ctrl @ s_x a, b; }
gate s_phase(λ) q { s_p(λ) q; }
gate s_cphase(λ) a, b { ctrl @ s_p(λ) a, b; }
gate s_id a { U(0, 0, 0) a; }
gate s_u1(λ) q { s_p(λ) q; }
gate s_u2(φ, λ) q { gphase(-(φ + λ + π/2)/2); U(π/2, φ, λ) q; }
gate s_u3(θ, φ, λ) q { gphase(-(φ + λ + θ)/2); U(θ, φ, λ) q; }
`;

/** qelib1.inc as Qiskit has it, which is the paper's with some more gates. */
const qelib1 = `
gate s_u3(theta,phi,lambda) q { U(theta,phi,lambda) q; }
gate s_u2(phi,lambda) q { U(pi/2,phi,lambda) q; }
gate s_u1(lambda) q { U(0,0,lambda) q; }
gate s_u(theta,phi,lambda) q { U(theta,phi,lambda) q; }
gate s_p(lambda) q { U(0,0,lambda) q; }
gate s_cx c,t { CX c,t; }
gate s_id a { U(0,0,0) a; }
gate s_u0(gamma) q { U(0,0,0) q; }
gate s_x a { s_u3(pi,0,pi) a; }
gate s_y a { s_u3(pi,pi/2,pi/2) a; }
gate s_z a { s_u1(pi) a; }
gate s_h a { s_u2(0,pi) a; }
gate s_s a { s_u1(pi/2) a; }
gate s_sdg a { s_u1(-pi/2) a; }
gate s_t a { s_u1(pi/4) a; }
gate s_tdg a { s_u1(-pi/4) a; }
gate s_rx(theta) a { s_u3(theta,-pi/2,pi/2) a; }
gate s_ry(theta) a { s_u3(theta,0,0) a; }
gate s_rz(phi) a { s_u1(phi) a; }
gate s_sx a { s_sdg a; s_h a; s_sdg a; }
gate s_sxdg a { s_s a; s_h a; s_s a; }
gate s_cz a,b { s_h b; s_cx a,b; s_h b; }
gate s_cy a,b { s_sdg b; s_cx a,b; s_s b; }
gate s_swap a,b { s_cx a,b; s_cx b,a; s_cx a,b; }
gate s_ch a,b { s_h b; s_sdg b; s_cx a,b; s_h b; s_t b; s_cx a,b; s_t b; s_h b; s_s b; s_x b; s_s a; }
gate s_ccx a,b,c {
  s_h c; s_cx b,c; s_tdg c; s_cx a,c; s_t c; s_cx b,c; s_tdg c; s_cx a,c;
  s_t b; s_t c; s_h c; s_cx a,b; s_t a; s_tdg b; s_cx a,b;
}
gate s_cswap a,b,c { s_cx c,b; s_ccx a,b,c; s_cx c,b; }
gate s_crx(lambda) a,b { s_u1(pi/2) b; s_cx a,b; s_u3(-lambda/2,0,0) b; s_cx a,b; s_u3(lambda/2,-pi/2,0) b; }
gate s_cry(lambda) a,b { s_ry(lambda/2) b; s_cx a,b; s_ry(-lambda/2) b; s_cx a,b; }
gate s_crz(lambda) a,b { s_rz(lambda/2) b; s_cx a,b; s_rz(-lambda/2) b; s_cx a,b; }
gate s_cu1(lambda) a,b { s_u1(lambda/2) a; s_cx a,b; s_u1(-lambda/2) b; s_cx a,b; s_u1(lambda/2) b; }
gate s_cp(lambda) a,b { s_cu1(lambda) a,b; }
gate s_cu3(theta,phi,lambda) c,t {
  s_u1((lambda+phi)/2) c; s_u1((lambda-phi)/2) t; s_cx c,t; s_u3(-theta/2,0,-(phi+lambda)/2) t;
  s_cx c,t; s_u3(theta/2,phi,0) t;
}
gate s_cu(theta,phi,lambda,gamma) c,t { s_u1(gamma) c; s_cu3(theta,phi,lambda) c,t; }
gate s_csx a,b { s_h b; s_cu1(pi/2) a,b; s_h b; }
gate s_rxx(theta) a,b { s_h a; s_h b; s_cx a,b; s_rz(theta) b; s_cx a,b; s_h b; s_h a; }
gate s_rzz(theta) a,b { s_cx a,b; s_rz(theta) b; s_cx a,b; }
gate s_rccx a,b,c {
  s_u2(0,pi) c; s_u1(pi/4) c; s_cx b,c; s_u1(-pi/4) c; s_cx a,c; s_u1(pi/4) c; s_cx b,c;
  s_u1(-pi/4) c; s_u2(0,pi) c;
}
gate s_rcccx a,b,c,d {
  s_u2(0,pi) d; s_u1(pi/4) d; s_cx c,d; s_u1(-pi/4) d; s_u2(0,pi) d; s_cx a,d; s_u1(pi/4) d; s_cx b,d;
  s_u1(-pi/4) d; s_cx a,d; s_u1(pi/4) d; s_cx b,d; s_u1(-pi/4) d; s_u2(0,pi) d; s_u1(pi/4) d;
  s_cx c,d; s_u1(-pi/4) d; s_u2(0,pi) d;
}
gate s_rc3x a,b,c,d { s_rcccx a,b,c,d; }
gate s_c3x a,b,c,d {
  s_h d; s_cu1(pi/4) a,d; s_h d; s_cx a,b; s_h d; s_cu1(-pi/4) b,d; s_h d; s_cx a,b;
  s_h d; s_cu1(pi/4) b,d; s_h d; s_cx b,c; s_h d; s_cu1(-pi/4) c,d; s_h d; s_cx a,c;
  s_h d; s_cu1(pi/4) c,d; s_h d; s_cx b,c; s_h d; s_cu1(-pi/4) c,d; s_h d; s_cx a,c;
  s_h d; s_cu1(pi/4) c,d; s_h d;
}
gate s_c3sqrtx a,b,c,d {
  s_h d; s_cu1(pi/8) a,d; s_h d; s_cx a,b; s_h d; s_cu1(-pi/8) b,d; s_h d; s_cx a,b;
  s_h d; s_cu1(pi/8) b,d; s_h d; s_cx b,c; s_h d; s_cu1(-pi/8) c,d; s_h d; s_cx a,c;
  s_h d; s_cu1(pi/8) c,d; s_h d; s_cx b,c; s_h d; s_cu1(-pi/8) c,d; s_h d; s_cx a,c;
  s_h d; s_cu1(pi/8) c,d; s_h d;
}
gate s_c4x a,b,c,d,e {
  s_h e; s_cu1(pi/2) d,e; s_h e; s_c3x a,b,c,d; s_h e; s_cu1(-pi/2) d,e; s_h e; s_c3x a,b,c,d;
  s_c3sqrtx a,b,c,e;
}
`;

const angles = [0.7, -0.4, 1.9, 0.2];

function matrixOf({ qubits, operations, definitions }: Circuit): Matrix {
  const known = new Map(definitions.map((each) => [each.name, each]));
  return operations
    .filter(isUnitaryOperation)
    .flatMap((operation) => primitivesOf(operation, known))
    .reduce(
      (product, primitive) => denseOf(primitive, qubits).multiply(product),
      Matrix.identity(2 ** qubits),
    );
}

/** Name, parameters and qubits of each definition of a text. */
function headsOf(text: string) {
  return [...text.matchAll(/^gate s_(\w+)(?:\(([^)]*)\))? ([^{]*)\{/gm)].map(
    ([, name, parameters, qubits]) => ({
      name: name!,
      parameters: parameters === undefined ? 0 : parameters.split(",").length,
      qubits: qubits!.split(",").length,
    }),
  );
}

function callOf(name: string, parameters: number, qubits: number, first = 0): string {
  const list = parameters === 0 ? "" : `(${angles.slice(0, parameters).join(", ")})`;
  const operands = Array.from({ length: qubits }, (_, at) => `q[${at + first}]`);
  return `${name}${list} ${operands.join(", ")};`;
}

describe("stdgates.inc, under one control, is what the live specification says", () => {
  const heads = headsOf(stdgates);
  it("has 32 gates", () => {
    expect(new Set(heads.map(({ name }) => name)).size).toBe(32);
  });

  it.each(heads)("$name", ({ name, parameters, qubits }) => {
    const call = (called: string) => `ctrl @ ${callOf(called, parameters, qubits + 1)}`;
    const head = (file: string) => `OPENQASM 3.0; ${file} qubit[${qubits + 1}] q;`;
    const own = compileQasm(`${head('include "stdgates.inc";')} ${call(name)}`);
    const specified = compileQasm(`${head(stdgates)} ${call(`s_${name}`)}`);
    expect(matrixOf(own.circuit).distance(matrixOf(specified.circuit))).toBeLessThan(1e-12);
  });
});

describe("qelib1.inc is what its text says, version 2 having no global phase", () => {
  it.each(headsOf(qelib1))("$name", ({ name, parameters, qubits }) => {
    const head = (file: string) => `OPENQASM 2.0; ${file} qreg q[${qubits}];`;
    const own = compileQasm(`${head('include "qelib1.inc";')} ${callOf(name, parameters, qubits)}`);
    const specified = compileQasm(`${head(qelib1)} ${callOf(`s_${name}`, parameters, qubits)}`);
    expect(matrixOf(own.circuit).overlap(matrixOf(specified.circuit))).toBeCloseTo(1, 12);
  });
});

describe("the primitives", () => {
  it("U of version 3 is the matrix of the live specification, its phase included", () => {
    const [theta, phi, lambda] = [0.7, -0.4, 1.9];
    const e = (angle: number) => [Math.cos(angle), Math.sin(angle)] as const;
    const times = (a: readonly [number, number], b: readonly [number, number]) =>
      [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]] as const;
    const [re, im] = e(theta);
    // (1 + e^(i theta)) / 2 and -i (1 - e^(i theta)) / 2.
    const [sum, difference] = [[(1 + re) / 2, im / 2] as const, [-im / 2, -(1 - re) / 2] as const];
    const specified = Matrix.of([
      [sum, times(e(lambda), difference)],
      [times(e(phi), [-difference[0], -difference[1]]), times(e(phi + lambda), sum)],
    ]);
    const { circuit } = compileQasm("OPENQASM 3.0; qubit q; U(0.7, -0.4, 1.9) q;");
    expect(matrixOf(circuit).distance(specified)).toBeLessThan(1e-14);
    const controlled = compileQasm(
      "OPENQASM 3.0; qubit[2] q; ctrl @ U(0.7, -0.4, 1.9) q[1], q[0];",
    );
    expect(matrixOf(controlled.circuit).distance(specified.controlled(1))).toBeLessThan(1e-14);
  });
});

describe("the texts that go out with gates of the table are those gates, under one control", () => {
  it.each([...gateTexts])("%s", (name, text) => {
    const head = text.replace(`gate ${name}`, "gate s_it").replace(/^gate/, "\ngate");
    const [{ parameters, qubits }] = headsOf(head) as [ReturnType<typeof headsOf>[number]];
    const call = (called: string) => `ctrl @ ${callOf(called, parameters, qubits + 1)}`;
    const start = `OPENQASM 3.0; include "stdgates.inc"; qubit[${qubits + 1}] q;`;
    const own = compileQasm(`${start} ${call(name)}`);
    const written = compileQasm(`${start} ${head} ${call("s_it")}`);
    expect(matrixOf(own.circuit).distance(matrixOf(written.circuit))).toBeLessThan(1e-12);
  });
});
