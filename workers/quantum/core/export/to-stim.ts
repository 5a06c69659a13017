/** Circuits of Clifford gates, measurements and Pauli noise as .stim texts. */
import type { Circuit, Condition, Operation } from "../circuit.ts";
import { qasmOperationsMax } from "../limits.ts";

/**
 * One instruction a line; measurements are records, in the order of the circuit.
 * @throws RangeError where the circuit has what .stim lacks: other gates, other noise, branches other
 * than a Pauli where one bit is 1
 */
export function toStim(circuit: Circuit): string {
  const writer = new Writer(circuit);
  writer.follow(circuit.operations);
  return `${writer.lines.join("\n")}\n`;
}

const names: Readonly<Record<string, string>> = {
  id: "I",
  x: "X",
  y: "Y",
  z: "Z",
  h: "H",
  s: "S",
  sdg: "S_DAG",
  sx: "SQRT_X",
  sxdg: "SQRT_X_DAG",
  cx: "CX",
  cy: "CY",
  cz: "CZ",
  swap: "SWAP",
  iswap: "ISWAP",
};
/** Powers of S, by quarter turns about Z. */
const quarterTurns = [null, "S", "Z", "S_DAG"];
const controlled: Readonly<Record<string, string>> = { x: "CX", y: "CY", z: "CZ" };

class Writer {
  readonly lines: string[] = [];
  readonly #flipChance: number;
  /** Of each bit, which record it holds. */
  readonly #records = new Map<number, number>();
  #record = 0;

  constructor(circuit: Circuit) {
    const { oneFor0 = 0, zeroFor1 = 0 } = circuit.readout ?? {};
    if (oneFor0 !== zeroFor1)
      throw new RangeError(".stim has no readout error that favours a value");
    this.#flipChance = oneFor0;
  }

  follow(operations: readonly Operation[]): void {
    for (const operation of operations) {
      this.#write(operation);
      if (this.lines.length > qasmOperationsMax) {
        throw new RangeError(`the text has more than ${qasmOperationsMax} lines`);
      }
    }
  }

  #write(operation: Operation): void {
    switch (operation.kind) {
      case "gate":
        return this.#gate(operation);
      case "measure": {
        const chance = this.#flipChance > 0 ? `(${this.#flipChance})` : "";
        this.#records.set(operation.bit, this.#record++);
        return this.#line(`M${chance} ${operation.qubit}`);
      }
      case "reset":
        return this.#line(`R ${operation.qubit}`);
      case "barrier":
        return this.#line("TICK");
      case "noise":
        return this.#noise(operation);
      case "if":
        return this.#feedback(operation);
      case "repeat":
        for (let turn = 0; turn < operation.count; turn++) this.follow(operation.body);
        return undefined;
      case "global-phase":
        if ((operation.controls ?? []).length === 0) return undefined;
        throw new RangeError(".stim has no controlled phases");
      default:
        throw new RangeError(`.stim has no ${operation.kind}`);
    }
  }

  #line(text: string): void {
    this.lines.push(text);
  }

  #gate(operation: Extract<Operation, { kind: "gate" }>): void {
    const { name, qubits, parameters, controls = [], power = 1 } = operation;
    const refuse = () =>
      new RangeError(`.stim has no ${name} like this: it must be a Clifford gate`);
    if (power !== 1) throw refuse();
    const [control, more] = controls;
    if (control !== undefined) {
      const known = controlled[name];
      if (known === undefined || more !== undefined || control.value === 0) throw refuse();
      return this.#line(`${known} ${control.qubit} ${qubits.join(" ")}`);
    }
    const known = names[name];
    if (known !== undefined) return this.#line(`${known} ${qubits.join(" ")}`);
    if (name === "ecr") {
      const [a, b] = qubits;
      for (const part of [`S ${a}`, `SQRT_X ${b}`, `CX ${a} ${b}`, `X ${a}`]) this.#line(part);
      return undefined;
    }
    if (name !== "p" && name !== "rz") throw refuse();
    const turns = (parameters[0] ?? Number.NaN) / (Math.PI / 2);
    const whole = Math.round(turns);
    if (!(Math.abs(turns - whole) < 1e-9)) throw refuse();
    const gate = quarterTurns[((whole % 4) + 4) % 4];
    return gate === null ? undefined : this.#line(`${gate} ${qubits[0]}`);
  }

  #noise({ channel, qubits }: Extract<Operation, { kind: "noise" }>): void {
    if (channel.kind === "pauli") {
      const { x, y, z } = channel;
      return this.#line(`PAULI_CHANNEL_1(${x}, ${y}, ${z}) ${qubits.join(" ")}`);
    }
    if (channel.kind === "depolarising" && qubits.length <= 2) {
      const width = qubits.length;
      return this.#line(`DEPOLARIZE${width}(${channel.probability}) ${qubits.join(" ")}`);
    }
    throw new RangeError(`.stim has Pauli noise alone, not ${channel.kind}`);
  }

  #feedback({ condition, whenTrue, whenFalse }: Extract<Operation, { kind: "if" }>): void {
    const bit = bitOf(condition);
    const record = bit === null ? undefined : this.#records.get(bit);
    for (const operation of whenTrue) {
      const known = operation.kind === "gate" ? controlled[operation.name] : undefined;
      if (
        record === undefined ||
        whenFalse.length > 0 ||
        known === undefined ||
        operation.kind !== "gate" ||
        (operation.controls ?? []).length > 0 ||
        (operation.power ?? 1) !== 1
      ) {
        throw new RangeError(
          ".stim branches by a Pauli where one measured bit is 1, and no other way",
        );
      }
      this.#line(`${known} rec[-${this.#record - record}] ${operation.qubits[0]}`);
    }
  }
}

/** The bit of a condition that says that it is 1; null for any other. */
function bitOf(condition: Condition): number | null {
  if (condition.kind !== "compare" || condition.bits.length !== 1) return null;
  const { operator, value, bits } = condition;
  const isOne = (operator === "==" && value === 1) || (operator === "!=" && value === 0);
  return isOne ? (bits[0] ?? null) : null;
}
