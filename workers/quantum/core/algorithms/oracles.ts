/**
 * Functions of bits as circuits, and the algorithms that ask such an oracle once where a classical
 * program asks many times (Nielsen and Chuang 1.4; Bernstein and Vazirani 1993; Simon 1994).
 */
import { type Circuit, circuitOf, gate, type Operation } from "../circuit.ts";

/** |x>|y> becomes |x>|y xor f(x)>; x on the `inputs` low qubits, y on the `outputs` above them. */
export function bitOracle(
  label: string,
  { inputs, outputs, f }: { inputs: number; outputs: number; f: (x: number) => number },
): Operation {
  const images = Array.from({ length: 2 ** (inputs + outputs) }, (_, state) => {
    const x = state % 2 ** inputs;
    return state ^ (f(x) << inputs);
  });
  const qubits = Array.from({ length: inputs + outputs }, (_, at) => at);
  return { kind: "permutation", label, images, qubits };
}

/** |x> becomes -|x> where f(x) is 1. */
export function phaseOracle(label: string, qubits: number, f: (x: number) => boolean): Operation {
  return {
    kind: "diagonal",
    label,
    angles: Array.from({ length: 2 ** qubits }, (_, x) => (f(x) ? Math.PI : 0)),
    qubits: Array.from({ length: qubits }, (_, at) => at),
  };
}

/**
 * Whether f, which is constant or balanced, is constant: measured 0 then, and never otherwise
 * (Deutsch and Jozsa 1992).
 */
export function deutschJozsa(inputs: number, f: (x: number) => boolean): Circuit {
  return circuitOf(
    inputs,
    [
      ...onAll(inputs, "h"),
      phaseOracle("f", inputs, f),
      ...onAll(inputs, "h"),
      ...measurements(inputs),
    ],
    inputs,
  );
}

/** The secret of f(x) = secret . x mod 2, in one question. */
export function bernsteinVazirani(inputs: number, secret: number): Circuit {
  return deutschJozsa(inputs, (x) => parity(x & secret) === 1);
}

/**
 * f(x) = f(x xor secret), and no other two are equal: each run measures a y with y . secret = 0 mod 2,
 * all of them equally likely, and some n of them tell the secret.
 */
export function simon(inputs: number, secret: number): Circuit {
  const f = (x: number) => Math.min(x, x ^ secret);
  return circuitOf(
    2 * inputs,
    [
      ...onAll(inputs, "h"),
      bitOracle("f", { inputs, outputs: inputs, f }),
      ...onAll(inputs, "h"),
      ...measurements(inputs),
    ],
    inputs,
  );
}

/** 2|0><0| - I between two layers of H: the reflection about the mean (Grover 1996). */
function reflectAboutMean(qubits: number): readonly Operation[] {
  return [
    ...onAll(qubits, "h"),
    phaseOracle("reflect", qubits, (x) => x !== 0),
    ...onAll(qubits, "h"),
  ];
}

/** Amplifies the states that f accepts; success is sin^2((2k + 1) asin(sqrt(M / N))). */
export function grover(
  qubits: number,
  iterations: number,
  accepts: (x: number) => boolean,
): Circuit {
  const once = [phaseOracle("oracle", qubits, accepts), ...reflectAboutMean(qubits)];
  return circuitOf(
    qubits,
    [
      ...onAll(qubits, "h"),
      { kind: "repeat", count: iterations, body: once },
      ...measurements(qubits),
    ],
    qubits,
  );
}

export function onAll(qubits: number, name: string): readonly Operation[] {
  return Array.from({ length: qubits }, (_, at) => gate(name, [at]));
}

/** Qubit k into bit k. */
export function measurements(qubits: number): readonly Operation[] {
  return Array.from({ length: qubits }, (_, at) => ({ kind: "measure", qubit: at, bit: at }));
}

export function parity(bits: number): 0 | 1 {
  let ones = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) ones += 1;
  return ones % 2 === 1 ? 1 : 0;
}
