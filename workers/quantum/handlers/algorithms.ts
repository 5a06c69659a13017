/** The algorithms of core/algorithms/runs.ts, carried out in the simulator's thread. */
import type { z } from "zod";
import type { algorithmRoutes } from "../contract-algorithms.ts";
import type { RunName, RunOptions, RunResult } from "../core/programs.ts";
import type { QuantumHost } from "./host.ts";
import type { Programs } from "./programs.ts";

type Routes = typeof algorithmRoutes;
type InputOf<Name extends keyof Routes> = z.output<
  NonNullable<Routes[Name]["~orpc"]["inputSchema"]>
>;

/** The same, open to change as the contract's outputs are. */
type Writable<T> = T extends string | number | boolean | null | undefined
  ? T
  : { -readonly [Key in keyof T]: Writable<T[Key]> };

export class Algorithms {
  readonly #programs: Programs;
  readonly #host: QuantumHost;

  constructor(programs: Programs, host: QuantumHost) {
    this.#programs = programs;
    this.#host = host;
  }

  amplify({ qubits, wanted, tilt, iterations }: InputOf<"amplify">, signal?: AbortSignal) {
    return this.#run("amplify", { qubits, wanted, tilt, iterations }, signal);
  }

  count(input: InputOf<"count">, signal?: AbortSignal) {
    return this.#seeded("countWanted", input, signal);
  }

  maximumCut(input: InputOf<"maximumCut">, signal?: AbortSignal) {
    return this.#seeded("maximumCutByQaoa", input, signal);
  }

  groundEnergy(input: InputOf<"groundEnergy">, signal?: AbortSignal) {
    return this.#seeded("groundEnergyByVqe", input, signal);
  }

  walk(input: InputOf<"walk">, signal?: AbortSignal) {
    return this.#run("walk", input, signal);
  }

  bellTest(input: InputOf<"bellTest">, signal?: AbortSignal) {
    return this.#seeded("bellTest", input, signal);
  }

  volume(input: InputOf<"volume">, signal?: AbortSignal) {
    return this.#seeded("volumeTest", input, signal);
  }

  async #seeded<Name extends RunName>(
    name: Name,
    input: Omit<RunOptions<Name>, "seed"> & { readonly seed?: number | undefined },
    signal: AbortSignal | undefined,
  ) {
    const seed = input.seed ?? this.#host.randomSeed();
    return { ...(await this.#run(name, { ...input, seed } as RunOptions<Name>, signal)), seed };
  }

  async #run<Name extends RunName>(
    name: Name,
    options: RunOptions<Name>,
    signal: AbortSignal | undefined,
  ) {
    const { result, computeMs } = await this.#programs.run(name, options, signal);
    return { ...(result as Writable<RunResult<Name>>), computeMs };
  }
}
