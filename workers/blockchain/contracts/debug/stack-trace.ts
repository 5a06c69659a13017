/** Why an execution failed, and where in the sources: as Hardhat tells it. */
import { bytesToHex, type AbiFunction } from "viem";
import type { Hex, SourceSpan } from "../artefact.ts";
import { codeFrame } from "../compiler/source-text.ts";
import { type DecodedFailure, KnownInterfaces } from "../decoding/abi.ts";
import { callSites, userActivation } from "./call-stack.ts";
import type { Execution } from "./execution.ts";
import { opcodeName } from "./opcode-names.ts";
import type { Program } from "./program.ts";
import type { TraceFrame } from "./trace.ts";

export const failureKinds = [
  "reason",
  "custom error",
  "panic",
  "no reason",
  "out of gas",
  "invalid opcode",
  "function not recognised",
  "not payable",
  "no receive or fallback",
  "call to non-contract",
  "unexpected return data",
  "arguments invalid",
  "constructor arguments invalid",
  "code too large",
  "other",
] as const;
export type FailureKind = (typeof failureKinds)[number];

export interface TraceLine {
  readonly title: string;
  readonly address: Hex | null;
  readonly span: SourceSpan | null;
  /** Such as "at Token.transfer (Token.sol:42:9)". */
  readonly text: string;
}

export interface StackTrace {
  readonly kind: FailureKind;
  readonly message: string;
  readonly error: DecodedFailure;
  /** The step that failed; null where no instruction ran. */
  readonly step: number | null;
  /** The innermost first. */
  readonly lines: readonly TraceLine[];
  /** The failing line with those around it, marked. */
  readonly code: string | null;
}

/** null for an execution that did not fail. */
export function stackTrace(execution: Execution): StackTrace | null {
  const root = execution.trace.frames[0];
  if (root === undefined || root.error === null) return null;
  const frame = originOf(execution, root);
  const program = execution.program(frame.index);
  const interfaces = new KnownInterfaces(
    execution.projects.projects.flatMap(({ compilation }) =>
      compilation.contracts.map(({ abi }) => abi),
    ),
  );
  const own = new KnownInterfaces(program === null ? [] : [program.contract.abi]);
  const output = bytesToHex(frame.output);
  const first = own.failure(output);
  const error = first.kind === "unknown" ? interfaces.failure(output) : first;
  const { kind, message, span } = reasonOf(execution, frame, error);
  const step = frame.lastStep ?? frame.callStep;
  const sites = step === null ? [] : callSites(execution, step);
  const lines = sites.map((site, place): TraceLine => {
    const { title, frame: index } = site.activation;
    const place0 = place === 0 && frame.lastStep !== null ? (span ?? site.span) : site.span;
    const address = execution.trace.frames[index]?.address ?? null;
    const name =
      place === 0 && title === program?.contract.name ? dispatched(frame, program) : title;
    return { title: name, address, span: place0, text: lineText(name, address, place0) };
  });
  const failing = lines[0]?.span ?? null;
  const project = execution.program(sites[0]?.activation.frame ?? -1)?.project;
  const text = failing === null ? undefined : project?.textOf(failing.file);
  const code = failing === null || text === undefined ? null : codeFrame(text, failing);
  return { kind, message, error, step, lines, code };
}

function lineText(title: string, address: Hex | null, span: SourceSpan | null): string {
  if (span !== null) return `at ${title} (${span.file}:${span.line}:${span.column})`;
  return `at ${title} (${address ?? "no address"})`;
}

/** Before any function is entered the selector tells which one was meant. */
function dispatched({ input }: TraceFrame, { contract }: Program): string {
  const found = new KnownInterfaces([contract.abi]).functionOf(bytesToHex(input));
  return found === undefined ? contract.name : `${contract.name}.${found.name}`;
}

/** The frame in which the failure began that the others only passed on. */
function originOf(execution: Execution, root: TraceFrame): TraceFrame {
  const { frames } = execution.trace;
  let frame = root;
  for (;;) {
    const parent = frame;
    const last = frames.findLast(({ parent: index }) => index === parent.index);
    if (last === undefined || last.error === null || last.callStep === null) return frame;
    const isSame = Buffer.compare(last.output, frame.output) === 0;
    if (!isSame || frame.lastStep === null) return frame;
    if (frame.error === "out of gas" && last.error !== "out of gas") return frame;
    if (frame.output.length === 0) {
      // An empty answer tells nothing, but passing it on belongs to the statement of the call.
      const [call, end] = [last.callStep, frame.lastStep].map((step) =>
        execution.nearestStatement(step),
      );
      if (call?.start !== end?.start || call?.file !== end?.file) return frame;
    }
    frame = last;
  }
}

interface Reason {
  readonly kind: FailureKind;
  readonly message: string;
  /** A better place than the failing instruction's. */
  readonly span?: SourceSpan | null;
}

function reasonOf(execution: Execution, frame: TraceFrame, error: DecodedFailure): Reason {
  const machine = frame.error ?? "";
  if (machine === "out of gas")
    return { kind: "out of gas", message: "The transaction ran out of gas." };
  if (/code ?size|code store|initcode/i.test(machine)) {
    return { kind: "code too large", message: `The contract could not be stored: ${machine}.` };
  }
  if (machine === "invalid opcode") {
    const op =
      frame.lastStep === null ? "" : ` ${opcodeName(execution.trace.steps.op(frame.lastStep))}`;
    return { kind: "invalid opcode", message: `An invalid instruction${op} was executed.` };
  }
  if (machine !== "revert") return { kind: "other", message: `The machine stopped: ${machine}.` };
  switch (error.kind) {
    case "reason":
      return { kind: "reason", message: `reverted with reason ${JSON.stringify(error.text)}` };
    case "panic":
      return { kind: "panic", message: `reverted with ${error.text}` };
    case "custom error":
      return { kind: "custom error", message: `reverted with custom error ${error.text}` };
    case "unknown":
      return { kind: "custom error", message: `reverted with an unknown error ${error.text}` };
    default:
      return silentReason(execution, frame);
  }
}

const noReason: Reason = { kind: "no reason", message: "reverted without a reason" };

/** The compiler's own checks revert without a word; what ran before tells which of them it was. */
function silentReason(execution: Execution, frame: TraceFrame): Reason {
  const program = execution.program(frame.index);
  const step = frame.lastStep;
  if (program === null || step === null) return noReason;
  const activation = userActivation(execution, step);
  const inHelper = execution.activation(step).index !== activation.index;
  if (activation.function === null) {
    return program.isCreation
      ? creationReason(program, frame, inHelper)
      : dispatchReason(program, frame);
  }
  const decodesAnswer = helperTitles(execution, step).some(
    (title) => title.startsWith("abi_decode") && title.endsWith("fromMemory"),
  );
  const called = execution.trace.frames.findLast(({ parent }) => parent === frame.index);
  const isAnswered = called?.firstStep !== null || called.isPrecompile;
  if (checkedForCode(execution, step) || (decodesAnswer && !isAnswered)) {
    const message = "A function of an account without code was called.";
    return { kind: "call to non-contract", message };
  }
  if (decodesAnswer) {
    const message = "A call returned something else than its function should.";
    return { kind: "unexpected return data", message };
  }
  return noReason;
}

function creationReason(program: Program, { value }: TraceFrame, inHelper: boolean): Reason {
  const { abi, name } = program.contract;
  const found = abi.find(({ type }) => type === "constructor");
  const isPayable = found?.type === "constructor" && found.stateMutability === "payable";
  if (value > 0n && !isPayable) {
    const message = `The constructor of ${name} is not payable, but was sent ${value} wei.`;
    return { kind: "not payable", message };
  }
  if (!inHelper) return noReason;
  const message = `The arguments of the constructor of ${name} are missing or do not fit.`;
  return { kind: "constructor arguments invalid", message };
}

function dispatchReason(program: Program, { input, value }: TraceFrame): Reason {
  const { abi, name } = program.contract;
  const found = new KnownInterfaces([abi]).functionOf(bytesToHex(input));
  const has = (kind: string) => abi.some(({ type }) => type === kind);
  if (found === undefined) {
    const fallback = abi.find(({ type }) => type === "fallback");
    if (fallback !== undefined && value > 0n) {
      const message = `The fallback function of ${name} is not payable, but was sent ${value} wei.`;
      return { kind: "not payable", message };
    }
    if (input.length === 0) {
      const message = `${name} has neither a receive nor a fallback function, so that coins cannot be sent to it.`;
      return { kind: "no receive or fallback", message };
    }
    const selector = bytesToHex(input.subarray(0, 4));
    const instead = has("fallback") ? "" : ", and there is no fallback function";
    const message = `${name} has no function with the selector ${selector}${instead}.`;
    return { kind: "function not recognised", message };
  }
  const span = definitionOf(program, found);
  if (value > 0n && found.stateMutability !== "payable") {
    const message = `The function ${name}.${found.name} is not payable, but was sent ${value} wei.`;
    return { kind: "not payable", message, span };
  }
  const message = `The arguments for ${name}.${found.name} are missing or do not fit.`;
  return { kind: "arguments invalid", message, span };
}

function definitionOf({ project, contract }: Program, { name }: AbiFunction): SourceSpan | null {
  const found = [...project.syntax.functions.values()].find(
    (one) => one.node.name === name && one.contract === contract.name,
  );
  return found === undefined ? null : project.span(found.place);
}

/** The compiler's helpers that are running at a step, the innermost first. */
function helperTitles(execution: Execution, step: number): string[] {
  const user = userActivation(execution, step).index;
  const titles: string[] = [];
  let { index, title, parent } = execution.activation(step);
  while (index !== user && parent !== null) {
    titles.push(title);
    ({ index, title, parent } = execution.activations[parent] as Execution["activations"][number]);
  }
  return titles;
}

/** How far back the check of an account's code can be from the revert that follows from it. */
const checkStepsMax = 12;

function checkedForCode({ trace: { steps } }: Execution, last: number): boolean {
  let at: number | null = last;
  for (let back = 0; back < checkStepsMax && at !== null; back++) {
    const next = steps.nextInFrame(at);
    if (opcodeName(steps.op(at)) === "EXTCODESIZE" && next !== null) {
      return steps.stackValue(next, 0) === 0n;
    }
    at = steps.previousInFrame(at);
  }
  return false;
}

/** The whole as text: the message, the lines and the code. */
export function stackTraceText({ message, lines, code }: StackTrace): string {
  const calls = lines.map(({ text }) => `    ${text}`);
  return [message, ...calls, ...(code === null ? [] : ["", code])].join("\n");
}
