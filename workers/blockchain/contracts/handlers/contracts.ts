/** Contracts over the API: sources and artefacts are stored here, the work is done in threads. */
import type { z } from "zod";
import { problemFrom } from "../../../service/errors.ts";
import { streamJob } from "../../../service/job-stream.ts";
import type { contractRoutes } from "../../contract-contracts.ts";
import type { TraceSourceInput } from "../../contract-debug.ts";
import { chainId } from "../../contract.ts";
import { blockchainProblem } from "../../errors.ts";
import type { Hex } from "../artefact.ts";
import type { CompileOrder, CompileStage } from "../compiler/compile.ts";
import { refuseSources } from "../compiler/imports.ts";
import type { CompilationSummary } from "../compiler/summary.ts";
import type { TraceSource } from "../contracts-chain.ts";
import { workshopLimits } from "../limits.ts";
import { type Deployment, StoreRefused, type WorkshopStore } from "../store/workshop-store.ts";
import { templates } from "../templates/templates.ts";
import type { DecodeSubject, WorkshopOrder, WorkshopProgress } from "../workshop/orders.ts";
import type { TestReport } from "../testing/test-runner.ts";
import type { WorkshopThreads } from "./workshop-threads.ts";

type Routes = typeof contractRoutes;
/** Inputs as the schemas leave them, with what was left out filled in. */
type Inputs = {
  [Name in keyof Routes]: z.output<NonNullable<Routes[Name]["~orpc"]["inputSchema"]>>;
};

export interface ContractsHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  randomId(): string;
}

export class Contracts {
  readonly #threads: WorkshopThreads;
  readonly #store: WorkshopStore;
  readonly #host: ContractsHost;

  constructor(threads: WorkshopThreads, store: WorkshopStore, host: ContractsHost) {
    this.#threads = threads;
    this.#store = store;
    this.#host = host;
  }

  templates() {
    return {
      templates: templates.map((template) => ({ ...template, sources: { ...template.sources } })),
    };
  }

  async compile(
    order: Inputs["compile"],
    signal: AbortSignal | undefined,
    onProgress?: (stage: CompileStage) => void,
  ): Promise<CompilationSummary> {
    const { summary, json } = await this.#threads.compile(order, {
      signal,
      ...(onProgress !== undefined && { onProgress }),
    });
    this.#store.putCompilation(summary, json, this.#host.now());
    return summary;
  }

  async *watchCompile(order: Inputs["watchCompile"], signal: AbortSignal | undefined) {
    const events = streamJob<CompilationSummary, CompileStage>(
      (onProgress, until) => this.compile(order, until, onProgress),
      signal,
    );
    try {
      for await (const event of events) {
        if (event.kind === "progress") yield { kind: "progress" as const, stage: event.progress };
        else yield { kind: "done" as const, compilation: plain(event.output) };
      }
    } catch (error) {
      yield { kind: "failed" as const, problem: problemFrom(error) };
    }
  }

  compilations({ limit }: Inputs["compilations"]) {
    return { compilations: this.#store.summaries(limit).map(plain) };
  }

  async artefact({ id, contract }: Inputs["artefact"]) {
    const order = { kind: "artefact", compilation: id, contract } as const;
    const { artefact } = await this.#threads.perform("artefact", order);
    return plain(artefact);
  }

  async encode(input: Inputs["encode"]): Promise<{ data: string }> {
    const { data } = await this.#threads.perform("encoded", {
      kind: "encode",
      compilation: input.id,
      contract: input.contract,
      function: input.function,
      arguments: input.arguments,
      libraries: input.libraries as Record<string, Hex>,
    });
    return { data };
  }

  async *runTests({ id, filter }: Inputs["runTests"], signal: AbortSignal | undefined) {
    const order = { kind: "test", compilation: id, filter } as const;
    const events = streamJob<TestReport, WorkshopProgress>(async (onProgress, until) => {
      const { report } = await this.#threads.perform("tested", order, {
        signal: until,
        onProgress,
      });
      return report;
    }, signal);
    try {
      for await (const event of events) {
        if (event.kind === "progress")
          yield plain({ kind: "progress" as const, ...event.progress });
        else yield plain({ kind: "done" as const, ...event.output });
      }
    } catch (error) {
      yield { kind: "failed" as const, problem: problemFrom(error) };
    }
  }

  workspaces() {
    return { workspaces: this.#store.workspaces() };
  }

  createWorkspace({ name, sources, settings }: Inputs["createWorkspace"]) {
    const content = checkedContent({ sources, settings });
    return this.#stored(() =>
      this.#store.createWorkspace(this.#host.randomId(), name, content, this.#host.now()),
    );
  }

  workspace({ id, version }: Inputs["workspace"]) {
    const workspace = this.#store.workspace(id);
    const content = this.#store.content(id, version);
    if (workspace === undefined || content === undefined) throw noWorkspace(id);
    const { sources, settings, version: shown } = content;
    return plain({ ...workspace, shown, versions: this.#store.versions(id), sources, settings });
  }

  saveWorkspace({ id, name, sources, settings }: Inputs["saveWorkspace"]) {
    const content = checkedContent({ sources, settings });
    const saved = this.#stored(() =>
      this.#store.saveWorkspace(id, { ...content, name }, this.#host.now()),
    );
    if (saved === undefined) throw noWorkspace(id);
    return saved;
  }

  deleteWorkspace({ id }: Inputs["deleteWorkspace"]) {
    if (!this.#store.deleteWorkspace(id)) throw noWorkspace(id);
    return { id };
  }

  deployments() {
    return { deployments: this.#store.deployments(chainId) };
  }

  async noteDeployment(input: Inputs["noteDeployment"]) {
    const address = input.address as Hex;
    const verification = await this.#verify(input.id, input.contract, address);
    if (verification.match === "none") return { verification, deployment: null };
    const deployment: Deployment = {
      chain: chainId,
      address,
      compilation: input.id as Hex,
      contract: input.contract,
      arguments: input.arguments as Hex,
      transactionHash: input.transactionHash as Hex | null,
      match: verification.match,
      notedAt: this.#host.now(),
    };
    this.#stored(() => this.#store.putDeployment(deployment));
    return { verification, deployment };
  }

  forgetDeployment({ address }: Inputs["forgetDeployment"]) {
    if (this.#store.deleteDeployment(chainId, address)) return { address };
    throw blockchainProblem("COMPILATION_UNKNOWN", `No contract is noted at ${address}.`);
  }

  /** By what is noted of the address, or by the compilation and contract given. */
  async storage({ address, id, contract, keys }: Inputs["storage"]) {
    const noted = this.#store.deployment(chainId, address);
    const compilation = id ?? noted?.compilation;
    const name = contract ?? noted?.contract;
    if (compilation === undefined || name === undefined) {
      const detail = `No contract is noted at ${address}, and none is given.`;
      throw blockchainProblem("COMPILATION_UNKNOWN", detail);
    }
    const { rows } = await this.#threads.perform("storage", {
      kind: "storage",
      compilation,
      contract: name,
      address: address as Hex,
      keys,
    });
    return plain({ compilation, contract: name, rows });
  }

  async verify(input: Inputs["verify"], signal: AbortSignal | undefined) {
    const { address, contract, sources, settings } = input;
    const { id } = await this.compile({ sources, settings }, signal);
    return { id, verification: await this.#verify(id, contract, address as Hex) };
  }

  async decode({ subject, compilations }: Inputs["decode"]) {
    const { decoded } = await this.decodeAll({ subjects: [subject], compilations });
    return { decoded: decoded[0] ?? null };
  }

  async decodeAll({ subjects, compilations }: Inputs["decodeAll"]) {
    const { decoded } = await this.#threads.perform("decoded", {
      kind: "decode",
      subjects: subjects as DecodeSubject[],
      compilations: this.#searched(compilations),
    });
    return plain({ decoded });
  }

  async explain({ source, compilations }: Inputs["explain"], signal: AbortSignal | undefined) {
    const order: WorkshopOrder = {
      kind: "explain",
      source: sourceOf(source),
      compilations: this.#searched(compilations),
    };
    const { explanation } = await this.#threads.perform("explained", order, { signal });
    return plain(explanation);
  }

  async openDebug({ source, compilations }: Inputs["openDebug"], signal: AbortSignal | undefined) {
    const order: WorkshopOrder = {
      kind: "open",
      id: this.#host.randomId(),
      source: sourceOf(source),
      compilations: this.#searched(compilations),
    };
    const { session } = await this.#threads.perform("session", order, { signal });
    return plain(session);
  }

  debug({ id }: Inputs["debug"]) {
    return this.#session({ kind: "view", id });
  }

  moveDebug({ id, command, step }: Inputs["moveDebug"]) {
    if (step !== undefined) return this.#session({ kind: "go to", id, step });
    return this.#session({ kind: "command", id, command: command ?? "over" });
  }

  setBreakpoints({ id, breakpoints }: Inputs["setBreakpoints"]) {
    return this.#session({ kind: "breakpoints", id, breakpoints });
  }

  async debugVariables({ id }: Inputs["debugVariables"]) {
    return plain((await this.#threads.perform("variables", { kind: "variables", id })).variables);
  }

  async debugMemory({ id }: Inputs["debugMemory"]) {
    return plain((await this.#threads.perform("memory", { kind: "memory", id })).memory);
  }

  async debugSource({ id, file }: Inputs["debugSource"]) {
    const { text } = await this.#threads.perform("source", { kind: "source", id, file });
    return { file, text };
  }

  async closeDebug({ id }: Inputs["closeDebug"]) {
    await this.#threads.perform("closed", { kind: "close", id });
    return { id };
  }

  async close(): Promise<void> {
    await this.#threads.close();
    this.#store.close();
  }

  async #session(order: WorkshopOrder) {
    return plain((await this.#threads.perform("session", order)).session);
  }

  async #verify(compilation: string, contract: string, address: Hex) {
    const order = { kind: "verify", compilation, contract, address } as const;
    return plain((await this.#threads.perform("verified", order)).verification);
  }

  #searched(given: readonly string[] | undefined): readonly string[] {
    return given ?? this.#store.searched(workshopLimits.compilationsSearchedMax);
  }

  #stored<T>(store: () => T): T {
    try {
      return store();
    } catch (error) {
      if (error instanceof StoreRefused)
        throw blockchainProblem("WORKSPACE_REFUSED", error.message);
      throw error;
    }
  }
}

/** A workspace may be empty, but what it has is to be such that it can be compiled. */
function checkedContent(content: CompileOrder): CompileOrder {
  const isEmpty = Object.keys(content.sources).length === 0;
  const refusal = isEmpty ? null : refuseSources(content.sources);
  if (refusal !== null) throw blockchainProblem("SOURCES_REFUSED", refusal);
  return content;
}

function noWorkspace(id: string) {
  return blockchainProblem("WORKSPACE_UNKNOWN", `There is no workspace ${id} with this version.`);
}

function sourceOf(source: TraceSourceInput): TraceSource {
  if (source.kind === "transaction") return { kind: "transaction", hash: source.hash as Hex };
  const { from, to, data, value, gas, block } = source;
  const message = {
    from: from as Hex,
    to: to as Hex | null,
    data: data as Hex,
    value: BigInt(value),
    gas: BigInt(gas),
  };
  return { kind: "call", message, block };
}

/** The same as the contract's types have it: lists that may be written to. */
type Plain<T> = T extends readonly (infer Element)[]
  ? Plain<Element>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

export function plain<T>(value: T): Plain<T> {
  return value as Plain<T>;
}
