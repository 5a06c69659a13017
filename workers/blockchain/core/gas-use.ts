/** Who used the gas of some transactions: each contract, and in it each of its methods. */

export interface GasTransaction {
  /** Lower-case hexadecimal with 0x: who was called or paid, or the contract that was made. */
  readonly address: string;
  readonly kind: "transfer" | "call" | "deployment";
  /** The call's data; "0x" without one. */
  readonly data: string;
  readonly gasUsed: number;
  readonly failed: boolean;
}

export interface MethodGas {
  /** The first four bytes of the call data; null: shorter data. */
  readonly selector: string | null;
  readonly transactions: number;
  readonly failed: number;
  readonly gasUsed: number;
  readonly gasMin: number;
  readonly gasMax: number;
  /** Call data of the first of them that is no longer than `sampleLengthMax`, else its selector. */
  readonly sample: string;
}

export interface ContractGas {
  readonly address: string;
  readonly transactions: number;
  readonly failed: number;
  readonly gasUsed: number;
  /** Most gas first, no more than asked for. */
  readonly methods: readonly MethodGas[];
}

export interface GasUse {
  readonly transactions: number;
  readonly gasUsed: number;
  readonly byKind: Readonly<
    Record<GasTransaction["kind"], { readonly transactions: number; readonly gasUsed: number }>
  >;
  /** Most gas first; transfers to accounts without code are not among them. */
  readonly contracts: readonly ContractGas[];
}

/** Characters of call data that are kept to read a method's name from. */
export const sampleLengthMax = 2_050;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
interface Contract extends Mutable<Omit<ContractGas, "methods">> {
  readonly methods: Map<string, Mutable<MethodGas>>;
}

/** Adds transactions up, one by one, in any order. */
export class GasUseSum {
  #transactions = 0;
  #gasUsed = 0;
  readonly #byKind = {
    transfer: { transactions: 0, gasUsed: 0 },
    call: { transactions: 0, gasUsed: 0 },
    deployment: { transactions: 0, gasUsed: 0 },
  };
  readonly #contracts = new Map<string, Contract>();

  add(transaction: GasTransaction): void {
    const { address, kind, gasUsed } = transaction;
    this.#transactions += 1;
    this.#gasUsed += gasUsed;
    this.#byKind[kind].transactions += 1;
    this.#byKind[kind].gasUsed += gasUsed;
    if (kind === "transfer") return;
    let contract = this.#contracts.get(address);
    if (contract === undefined) {
      contract = { address, transactions: 0, failed: 0, gasUsed: 0, methods: new Map() };
      this.#contracts.set(address, contract);
    }
    count(contract, transaction);
    if (kind === "call") addToMethod(contract.methods, transaction);
  }

  /** The contracts and methods with most gas. */
  most(contractsMax: number, methodsMax: number): GasUse {
    const contracts = [...this.#contracts.values()].toSorted(byGas).slice(0, contractsMax);
    return {
      transactions: this.#transactions,
      gasUsed: this.#gasUsed,
      byKind: this.#byKind,
      contracts: contracts.map((contract) => ({
        ...contract,
        methods: [...contract.methods.values()].toSorted(byGas).slice(0, methodsMax),
      })),
    };
  }
}

function addToMethod(
  methods: Map<string, Mutable<MethodGas>>,
  { data, gasUsed, failed }: GasTransaction,
): void {
  const selector = data.length >= 10 ? data.slice(0, 10) : null;
  const known = methods.get(selector ?? "");
  if (known === undefined) {
    methods.set(selector ?? "", {
      selector,
      transactions: 1,
      failed: failed ? 1 : 0,
      gasUsed,
      gasMin: gasUsed,
      gasMax: gasUsed,
      sample: sampleOf(data),
    });
    return;
  }
  count(known, { gasUsed, failed });
  known.gasMin = Math.min(known.gasMin, gasUsed);
  known.gasMax = Math.max(known.gasMax, gasUsed);
  if (known.sample.length <= 10) known.sample = sampleOf(data);
}

function count(
  sum: { transactions: number; failed: number; gasUsed: number },
  { gasUsed, failed }: { readonly gasUsed: number; readonly failed: boolean },
): void {
  sum.transactions += 1;
  sum.gasUsed += gasUsed;
  if (failed) sum.failed += 1;
}

function sampleOf(data: string): string {
  return data.length <= sampleLengthMax ? data : data.slice(0, 10);
}

function byGas(a: { readonly gasUsed: number }, b: { readonly gasUsed: number }): number {
  return b.gasUsed - a.gasUsed;
}
