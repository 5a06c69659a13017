/** Contracts compiled and deployed into a laboratory, for tests of the workshop. */
import { encodeDeployData, encodeFunctionData, type Hex as ViemHex } from "viem";
import {
  type Compilation,
  type CompilerSettings,
  type ContractArtefact,
  defaultSettings,
  type Hex,
  type Sources,
} from "../artefact.ts";
import { compile, hasErrors } from "../compiler/compile.ts";
import { loadSolc } from "../compiler/soljson.ts";
import { Projects } from "../debug/compiled-project.ts";
import { DebugSession } from "../debug/debug-session.ts";
import { Execution } from "../debug/execution.ts";
import { EvmLab, type LabCall, type LabResult } from "./evm-lab.ts";

export const head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n";

/** @throws when one of the diagnostics is an error */
export async function compiled(
  sources: Sources,
  settings: Partial<CompilerSettings> = {},
): Promise<Compilation> {
  const solc = await loadSolc();
  const compilation = compile(solc, { sources, settings: { ...defaultSettings, ...settings } });
  if (hasErrors(compilation)) {
    throw new Error(compilation.diagnostics.map(({ formatted }) => formatted).join("\n"));
  }
  return compilation;
}

export class Fixture {
  readonly compilation: Compilation;
  readonly projects: Projects;
  readonly lab: EvmLab;

  private constructor(compilation: Compilation, lab: EvmLab) {
    this.compilation = compilation;
    this.projects = new Projects([compilation]);
    this.lab = lab;
  }

  static async open(compilation: Compilation): Promise<Fixture> {
    return new Fixture(compilation, await EvmLab.open());
  }

  contract(name: string): ContractArtefact {
    const found = this.compilation.contracts.find((contract) => contract.name === name);
    if (found === undefined) throw new Error(`There is no contract ${name}.`);
    return found;
  }

  deployment(name: string, args: readonly unknown[] = []): LabCall {
    const { abi, creation } = this.contract(name);
    const data = encodeDeployData({ abi, bytecode: `0x${creation.object}`, args: [...args] });
    return { to: null, data };
  }

  async deploy(name: string, args: readonly unknown[] = []): Promise<Hex> {
    const { created, error } = await this.lab.call(this.deployment(name, args));
    if (created === null || error !== null) throw new Error(`${name}: ${error}`);
    return created;
  }

  data(name: string, functionName: string, args: readonly unknown[] = []): ViemHex {
    return encodeFunctionData({ abi: this.contract(name).abi, functionName, args: [...args] });
  }

  call(
    name: string,
    to: Hex,
    functionName: string,
    args: readonly unknown[] = [],
    more: Partial<LabCall> = {},
  ): Promise<LabResult> {
    return this.lab.call({ to, data: this.data(name, functionName, args), ...more });
  }

  session({ trace }: LabResult): DebugSession {
    const execution = new Execution(trace, this.projects);
    return new DebugSession(execution, (address, slot) => this.lab.storage(address, slot));
  }
}
