/** Executions and sessions as plain data. */
import { bytesToHex } from "viem";
import type { Hex } from "../artefact.ts";
import { codeFrame } from "../compiler/source-text.ts";
import type { DebugSession } from "../debug/debug-session.ts";
import type { Execution } from "../debug/execution.ts";
import { gasProfile } from "../debug/gas-profile.ts";
import { stackTrace } from "../debug/stack-trace.ts";
import type { TraceFrame } from "../debug/trace.ts";
import { callText, KnownInterfaces } from "../decoding/abi.ts";
import { standardAbis } from "../decoding/standard-abis.ts";
import { consoleLine, consoleAddress, consoleLines } from "../decoding/console.ts";
import { rowsOf } from "../decoding/value.ts";
import { workshopLimits } from "../limits.ts";
import type {
  CallRow,
  EventRow,
  Explanation,
  FailureView,
  MemoryView,
  SessionView,
  VariablesView,
} from "./orders.ts";

const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;

export function explain(execution: Execution, gasUsed: bigint): Explanation {
  const { trace, projects } = execution;
  const compiled = projects.projects.flatMap(({ compilation }) =>
    compilation.contracts.map(({ abi }) => abi),
  );
  const known = new KnownInterfaces([...compiled, ...standardAbis]);
  const [root] = trace.frames;
  const output = bytesToHex(root?.output ?? new Uint8Array());
  const isAnswered = root?.kind === "CALL" && root.error === null;
  const result = isAnswered ? known.result(bytesToHex(root.input), output) : null;
  return {
    gasUsed: Number(gasUsed),
    steps: trace.steps.length,
    truncated: trace.truncated,
    output,
    result: result === null ? null : rowsOf(result),
    failure: failureView(execution),
    console: consoleLines(trace).map(({ text }) => text),
    calls: trace.frames
      .slice(0, workshopLimits.rowsMax)
      .map((frame) => callRow(execution, frame, known)),
    events: trace.logs
      .slice(0, workshopLimits.rowsMax)
      .map(({ address, topics, data, step }): EventRow => {
        const event = known.event(topics, bytesToHex(data));
        const text = event === null ? topics.join(" ") : callText(event.name, event.parameters);
        return { address, name: event?.name ?? null, text, step };
      }),
    profile: gasProfile([execution]),
  };
}

export function failureView(execution: Execution): FailureView | null {
  const found = stackTrace(execution);
  if (found === null) return null;
  const { kind, message, step, lines, code } = found;
  return { kind, message, step, lines, code };
}

function callRow(execution: Execution, frame: TraceFrame, known: KnownInterfaces): CallRow {
  const { depth, kind, caller, codeAddress, address, value, gasUsed, error, callStep } = frame;
  return {
    depth,
    kind,
    from: caller,
    to: codeAddress ?? address,
    text: textOfFrame(execution, frame, known),
    value: value.toString(),
    gasUsed,
    error,
    step: callStep,
  };
}

function textOfFrame(execution: Execution, frame: TraceFrame, known: KnownInterfaces): string {
  const { kind, codeAddress, isPrecompile } = frame;
  const input = bytesToHex(frame.input);
  if (codeAddress === consoleAddress) return `console.log: ${consoleLine(input) ?? input}`;
  if (isPrecompile) return `precompiled contract ${Number(codeAddress)}`;
  const program = execution.program(frame.index);
  const name = program?.contract.name ?? "unknown code";
  if (kind === "CREATE" || kind === "CREATE2") return `new ${name}`;
  if (frame.input.length === 0) return `${name}: coins alone`;
  const own = program === null ? null : new KnownInterfaces([program.contract.abi]).call(input);
  const call = own ?? known.call(input);
  const text = call === null ? input.slice(0, 10) : callText(call.name, call.parameters);
  return `${name}.${text}`;
}

export function sessionView(id: string, session: DebugSession): SessionView {
  const { execution, step } = session;
  const { trace } = execution;
  const frame = execution.frame(step);
  const span = execution.nearestStatement(step) ?? execution.span(step);
  const program = execution.program(frame.index);
  const text = span === null ? undefined : program?.project.textOf(span.file);
  return {
    id,
    steps: trace.steps.length,
    truncated: trace.truncated,
    breakpoints: session.breakpoints,
    step,
    pc: trace.steps.pc(step),
    opcode: session.opcode(),
    gasLeft: trace.steps.gasLeft(step),
    gasCost: execution.gasCost(step),
    span,
    code: span === null || text === undefined ? null : codeFrame(text, span),
    contract: program?.contract.name ?? null,
    address: frame.address,
    callStack: session.callStack().map(({ parameters, ...entry }) => ({
      ...entry,
      parameters: rowsOf(parameters).slice(0, workshopLimits.rowsMax),
    })),
    stack: trace.steps.stack(step).map(word),
    around: instructionsAround(session),
  };
}

/** The file as it was compiled, of whichever project runs code of this name, the present one first. */
export function sourceText({ execution, step }: DebugSession, file: string): string | null {
  const present = execution.program(execution.frame(step).index)?.project;
  const projects = [...(present === undefined ? [] : [present]), ...execution.projects.projects];
  const text = projects.map((project) => project.textOf(file)).find((one) => one !== undefined);
  return text === undefined ? null : new TextDecoder().decode(text.bytes);
}

function instructionsAround(session: DebugSession): SessionView["around"] {
  const { execution, step } = session;
  const { steps, frames } = execution.trace;
  const first = Math.max(0, step - workshopLimits.instructionsAroundMax);
  const end = Math.min(steps.length, step + workshopLimits.instructionsAroundMax + 1);
  return Array.from({ length: end - first }, (_, index) => {
    const at = first + index;
    return {
      step: at,
      pc: steps.pc(at),
      opcode: session.opcode(at),
      gasCost: execution.gasCost(at),
      depth: frames[steps.frame(at)]?.depth ?? 0,
    };
  });
}

export async function variablesView(session: DebugSession): Promise<VariablesView> {
  const state = rowsOf(await session.stateVariables()).slice(0, workshopLimits.rowsMax);
  const { variables, missing } = session.locals();
  const locals = variables.flatMap(({ name, role, value }) =>
    rowsOf([{ name, value }]).map((row) => ({ ...row, role })),
  );
  return { step: session.step, state, locals: locals.slice(0, workshopLimits.rowsMax), missing };
}

export function memoryView({ execution, step }: DebugSession): MemoryView {
  const { trace } = execution;
  const frame = execution.frame(step);
  const memory = trace.steps.memory(step);
  const most = workshopLimits.memoryShownBytesMax;
  const storage = new Map<bigint, bigint>();
  for (const access of trace.storage) {
    if (access.step >= step) break;
    if (access.address === frame.address && !access.isTransient) {
      storage.set(access.slot, access.after);
    }
  }
  return {
    step,
    memory: bytesToHex(memory.subarray(0, most)),
    memoryBytes: memory.length,
    calldata: bytesToHex(frame.input.subarray(0, most)),
    calldataBytes: frame.input.length,
    storage: [...storage]
      .slice(0, workshopLimits.rowsMax)
      .map(([slot, value]) => ({ slot: word(slot), value: word(value) })),
  };
}
