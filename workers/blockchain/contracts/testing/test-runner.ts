/** Runs tests that are written in Solidity: each on a fresh state, in an EVM that is theirs alone. */
import { encodeFunctionData } from "viem";
import type { Compilation, ContractArtefact, Hex } from "../artefact.ts";
import { Projects } from "../debug/compiled-project.ts";
import { Execution } from "../debug/execution.ts";
import { GasCounter, type GasProfile } from "../debug/gas-profile.ts";
import { type StackTrace, stackTrace, stackTraceText } from "../debug/stack-trace.ts";
import { consoleLines } from "../decoding/console.ts";
import { testLimits } from "../limits.ts";
import { EvmLab, type LabResult } from "./evm-lab.ts";

export interface TestResult {
  /** The test contract. */
  readonly contract: string;
  readonly file: string;
  /** The function; constructor or setUp when these failed. */
  readonly name: string;
  readonly passed: boolean;
  /** Of the function alone. */
  readonly gasUsed: number;
  readonly durationMs: number;
  readonly console: readonly string[];
  readonly failure: (StackTrace & { readonly text: string }) | null;
}

export interface TestReport {
  readonly results: readonly TestResult[];
  /** Of all test functions together. */
  readonly profile: GasProfile;
}

export interface TestOptions {
  readonly monotonicMs: () => number;
  readonly onResult?: (result: TestResult) => void;
  /** Only functions whose contract.name contains it. */
  readonly filter?: string | undefined;
}

interface TestFunction {
  readonly name: string;
}

export function testsOf({ abi, creation }: ContractArtefact): TestFunction[] {
  if (creation.object === "") return [];
  return abi.flatMap((item) =>
    item.type === "function" && item.inputs.length === 0 && item.name.startsWith("test")
      ? [{ name: item.name }]
      : [],
  );
}

/** A deployed test contract holds this many wei. */
const coins = 10n ** 24n;

export async function runTests(
  compilation: Compilation,
  { monotonicMs, onResult, filter = "" }: TestOptions,
): Promise<TestReport> {
  const projects = new Projects([compilation]);
  const results: TestResult[] = [];
  const gas = new GasCounter();
  for (const contract of compilation.contracts) {
    const tests = testsOf(contract).filter(({ name }) =>
      `${contract.name}.${name}`.includes(filter),
    );
    if (tests.length === 0) continue;
    const lab = await EvmLab.open();
    const add = (name: string, result: LabResult, beganMs: number, keep: boolean): boolean => {
      const execution = new Execution(result.trace, projects);
      const found = resultOf(contract, name, result, execution, monotonicMs() - beganMs);
      if (keep || !found.passed) {
        results.push(found);
        onResult?.(found);
      }
      if (keep) gas.add(execution);
      return found.passed;
    };
    const began = monotonicMs();
    const deployed = await lab.call({ to: null, data: `0x${contract.creation.object}` });
    if (!add("constructor", deployed, began, false) || deployed.created === null) continue;
    const address = deployed.created;
    await lab.fund(address, coins);
    if (contract.selectors["setUp()"] !== undefined) {
      const result = await lab.call({ to: address, data: callData(contract, "setUp") });
      if (!add("setUp", result, began, false)) continue;
    }
    for (const { name } of tests) {
      if (results.length >= testLimits.testsMax) break;
      const beganMs = monotonicMs();
      const result = await lab.undone(() =>
        lab.call({ to: address, data: callData(contract, name) }),
      );
      add(name, result, beganMs, true);
    }
  }
  return { results, profile: gas.profile() };
}

function callData({ abi }: ContractArtefact, functionName: string): Hex {
  return encodeFunctionData({ abi, functionName });
}

function resultOf(
  { name: contract, file }: ContractArtefact,
  name: string,
  { trace, gasUsed, error }: LabResult,
  execution: Execution,
  durationMs: number,
): TestResult {
  const failure = error === null ? null : stackTrace(execution);
  return {
    contract,
    file,
    name,
    passed: error === null,
    gasUsed: Number(gasUsed),
    durationMs,
    console: consoleLines(trace).map(({ text }) => text),
    failure: failure === null ? null : { ...failure, text: stackTraceText(failure) },
  };
}
