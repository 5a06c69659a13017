/** Does what the workshop is ordered to, over a chain and a store of compilations that it can ask. */
import type { Compilation, ContractArtefact, Hex } from "../artefact.ts";
import { hasErrors } from "../compiler/compile.ts";
import type { ContractsChain, TraceSource } from "../contracts-chain.ts";
import { CompiledProject, Projects } from "../debug/compiled-project.ts";
import { DebugSession } from "../debug/debug-session.ts";
import { Execution } from "../debug/execution.ts";
import { callText, decodeConstructor, KnownInterfaces } from "../decoding/abi.ts";
import { standardAbis } from "../decoding/standard-abis.ts";
import { decodeStorageFrom } from "../decoding/storage.ts";
import { TypeNames } from "../decoding/type-names.ts";
import { hexOfField, rowsOf } from "../decoding/value.ts";
import { workshopLimits } from "../limits.ts";
import { runTests, type TestResult } from "../testing/test-runner.ts";
import { ArgumentsInvalid, encodeForm } from "./arguments.ts";
import type {
  DecodedView,
  DecodeSubject,
  Refusal,
  WorkshopOrder,
  WorkshopOutcome,
  WorkshopProgress,
} from "./orders.ts";
import { NotOnChain, trace } from "./tracing.ts";
import { verify } from "./verification.ts";
import { explain, memoryView, sessionView, sourceText, variablesView } from "./views.ts";

export interface WorkshopHost {
  readonly chain: ContractsChain;
  /** A `Compilation` as JSON, or null. */
  readonly compilation: (id: string) => Promise<string | null>;
  readonly monotonicMs: () => number;
}

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal, detail: string) {
    super(detail);
    this.refusal = refusal;
  }
}

export class Workshop {
  readonly #host: WorkshopHost;
  /** Both in the order of their use, the last used last. */
  readonly #compilations = new Map<string, Compilation>();
  readonly #sessions = new Map<string, DebugSession>();

  constructor(host: WorkshopHost) {
    this.#host = host;
  }

  async perform(
    order: WorkshopOrder,
    report: (progress: WorkshopProgress) => void = () => {},
  ): Promise<WorkshopOutcome> {
    try {
      return await this.#perform(order, report);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      return { kind: "refused", refusal, detail: (error as Error).message };
    }
  }

  async #perform(
    order: WorkshopOrder,
    report: (progress: WorkshopProgress) => void,
  ): Promise<WorkshopOutcome> {
    switch (order.kind) {
      case "explain": {
        const { execution, gasUsed } = await this.#execute(order.source, order.compilations);
        return { kind: "explained", explanation: explain(execution, gasUsed) };
      }
      case "open": {
        const { execution, storage } = await this.#execute(order.source, order.compilations);
        if (execution.length === 0) {
          throw new Refused("nothing executed", "No code was executed, so that there is no step.");
        }
        return this.#keep(order.id, new DebugSession(execution, storage));
      }
      case "test":
        return this.#test(order, report);
      case "decode":
        return { kind: "decoded", decoded: await this.#decode(order) };
      case "encode": {
        const { contract } = await this.#contract(order);
        const { function: name, arguments: values, libraries } = order;
        return { kind: "encoded", data: encodeForm(contract, name, values, libraries) };
      }
      case "artefact":
        return { kind: "artefact", artefact: (await this.#contract(order)).contract };
      case "storage":
        return this.#storage(order);
      case "verify":
        return this.#verify(order);
      default:
        return this.#debug(order);
    }
  }

  async #debug(order: Extract<WorkshopOrder, { id: string }>): Promise<WorkshopOutcome> {
    const { id } = order;
    const session = this.#sessions.get(id);
    if (session === undefined) {
      throw new Refused("no such session", `The debug session ${id} is not open, or no longer.`);
    }
    this.#sessions.delete(id);
    if (order.kind === "close") return { kind: "closed" };
    this.#sessions.set(id, session);
    if (order.kind === "variables") {
      return { kind: "variables", variables: await variablesView(session) };
    }
    if (order.kind === "memory") return { kind: "memory", memory: memoryView(session) };
    if (order.kind === "source") return { kind: "source", text: sourceText(session, order.file) };
    if (order.kind === "command") session.perform(order.command);
    if (order.kind === "breakpoints") session.setBreakpoints(order.breakpoints);
    if (order.kind === "go to") session.goTo(order.step);
    return { kind: "session", session: sessionView(id, session) };
  }

  #keep(id: string, session: DebugSession): WorkshopOutcome {
    this.#sessions.set(id, session);
    let steps = [...this.#sessions.values()].reduce((sum, one) => sum + one.execution.length, 0);
    for (const [oldest, { execution }] of this.#sessions) {
      const isRoom =
        this.#sessions.size <= workshopLimits.sessionsMax &&
        steps <= workshopLimits.sessionStepsMax;
      if (isRoom || oldest === id) break;
      this.#sessions.delete(oldest);
      steps -= execution.length;
    }
    return { kind: "session", session: sessionView(id, session) };
  }

  async #execute(source: TraceSource, ids: readonly string[]) {
    const traced = await trace(source, this.#host.chain);
    const projects = await this.#projects(ids);
    const execution = new Execution(traced.trace, projects);
    return { execution, gasUsed: traced.gasUsed, storage: traced.storage };
  }

  async #projects(ids: readonly string[]): Promise<Projects> {
    const compilations: Compilation[] = [];
    for (const id of ids.toReversed()) {
      const found = await this.#find(id);
      if (found !== null) compilations.push(found);
    }
    return new Projects(compilations);
  }

  async #find(id: string): Promise<Compilation | null> {
    let found = this.#compilations.get(id);
    if (found === undefined) {
      const json = await this.#host.compilation(id);
      if (json === null) return null;
      found = JSON.parse(json) as Compilation;
    }
    this.#compilations.delete(id);
    this.#compilations.set(id, found);
    for (const oldest of this.#compilations.keys()) {
      if (this.#compilations.size <= workshopLimits.compilationsInMemoryMax) break;
      this.#compilations.delete(oldest);
    }
    return found;
  }

  async #compilation(id: string): Promise<Compilation> {
    const found = await this.#find(id);
    if (found !== null) return found;
    throw new Refused("no such compilation", `There is no compilation ${id}, or no longer.`);
  }

  async #contract(order: { compilation: string; contract: string }) {
    const compilation = await this.#compilation(order.compilation);
    const project = new CompiledProject(compilation);
    const contract: ContractArtefact | undefined = project.contract(order.contract);
    if (contract === undefined) {
      const names = compilation.contracts.map(({ file, name }) => `${file}:${name}`).join(", ");
      const detail = `There is no contract ${order.contract}; there are ${names || "none"}.`;
      throw new Refused("no such contract", detail);
    }
    return { project, contract };
  }

  async #test(
    { compilation: id, filter }: Extract<WorkshopOrder, { kind: "test" }>,
    report: (progress: WorkshopProgress) => void,
  ): Promise<WorkshopOutcome> {
    const compilation = await this.#compilation(id);
    if (hasErrors(compilation)) {
      throw new Refused("has errors", "The sources have errors, so that no test can run.");
    }
    const results: TestResult[] = [];
    const { monotonicMs } = this.#host;
    const onResult = (result: TestResult) => {
      results.push(result);
      report({ results });
    };
    return {
      kind: "tested",
      report: await runTests(compilation, { monotonicMs, onResult, filter }),
    };
  }

  async #storage(order: Extract<WorkshopOrder, { kind: "storage" }>): Promise<WorkshopOutcome> {
    const { project, contract } = await this.#contract(order);
    const { state } = await this.#head();
    const { chain } = this.#host;
    const source = {
      read: () => undefined,
      preimages: new Map<bigint, Uint8Array>(),
      names: new TypeNames(Object.values(project.compilation.syntaxTrees)),
      keys: order.keys,
    };
    const variables = await decodeStorageFrom(contract.storage, source, (slots) =>
      Promise.all(
        slots.map(async (slot) => {
          const word = await chain.storage(state, order.address, hexOfField(slot, 32));
          return word.length === 0 ? 0n : BigInt(`0x${Buffer.from(word).toString("hex")}`);
        }),
      ),
    );
    return { kind: "storage", rows: rowsOf(variables).slice(0, workshopLimits.rowsMax) };
  }

  async #head() {
    const head = await this.#host.chain.block("latest");
    if (head === null) throw new Refused("not on chain", "The chain has no block.");
    return head;
  }

  async #verify(order: Extract<WorkshopOrder, { kind: "verify" }>): Promise<WorkshopOutcome> {
    const { project, contract } = await this.#contract(order);
    const { state } = await this.#head();
    const code = await this.#host.chain.code(state, order.address);
    const nameOf = (node: number) => project.syntax.variables.get(node)?.name ?? `node ${node}`;
    return { kind: "verified", verification: verify(contract, code, nameOf) };
  }

  async #decode({ subjects, compilations }: Extract<WorkshopOrder, { kind: "decode" }>) {
    const projects = await this.#projects(compilations);
    const compiled = projects.projects
      .toReversed()
      .flatMap(({ compilation }) => compilation.contracts.map(({ abi }) => abi));
    const known = new KnownInterfaces([...compiled, ...standardAbis]);
    return subjects.map((subject) => decoded(subject, known, projects));
  }
}

function decoded(
  subject: DecodeSubject,
  known: KnownInterfaces,
  projects: Projects,
): DecodedView | null {
  if (subject.kind === "failure") {
    const { name, signature, parameters, text } = known.failure(subject.output);
    return { name, signature, text, rows: rowsOf(parameters), result: null };
  }
  if (subject.kind === "deployment") return decodeDeployment(subject.data, projects);
  const call =
    subject.kind === "call" ? known.call(subject.data) : known.event(subject.topics, subject.data);
  if (call === null) return null;
  const { name, signature, parameters } = call;
  const output = subject.kind === "call" ? subject.output : undefined;
  const result = output === undefined ? null : known.result(subject.data, output);
  return {
    name,
    signature,
    text: callText(name, parameters),
    rows: rowsOf(parameters),
    result: result === null ? null : rowsOf(result),
  };
}

function decodeDeployment(data: Hex, projects: Projects): DecodedView | null {
  const program = projects.find(Uint8Array.from(Buffer.from(data.slice(2), "hex")), true);
  if (program === null) return null;
  const { abi, name } = program.contract;
  const parameters = decodeConstructor(abi, data, program.code.length);
  if (parameters === null) return null;
  const text = `new ${callText(name, parameters)}`;
  return { name, signature: null, text, rows: rowsOf(parameters), result: null };
}

function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refused) return error.refusal;
  if (error instanceof NotOnChain) return "not on chain";
  if (error instanceof ArgumentsInvalid) return "arguments invalid";
  return error instanceof RangeError ? "no such step" : null;
}
