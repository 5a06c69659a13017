/** What `console.log` printed in an execution. */
import { type AbiParameter, bytesToHex, decodeAbiParameters, toFunctionSelector } from "viem";
import type { Hex } from "../artefact.ts";
import { decodingLimits } from "../limits.ts";
import type { Trace } from "../debug/trace.ts";
import { bareTypes, consoleTypes } from "./console-types.ts";

export const consoleAddress: Hex = "0x000000000000000000636f6e736f6c652e6c6f67";

let known: Map<string, readonly string[]> | undefined;

function typesBySelector(): Map<string, readonly string[]> {
  known ??= new Map(
    [...consoleTypes(), ...bareTypes.map((type) => [type])].map((types) => [
      toFunctionSelector(`log(${types.join(",")})`),
      types,
    ]),
  );
  return known;
}

/** @returns the line, or null for data that are no call of the console */
export function consoleLine(data: Hex): string | null {
  const types = typesBySelector().get(data.slice(0, 10));
  if (types === undefined) return null;
  try {
    const parameters = types.map((type): AbiParameter => ({ type }));
    return formatLine(decodeAbiParameters(parameters, `0x${data.slice(10)}`) as unknown[]);
  } catch {
    // Somebody called the address with something else behind the selector.
    return null;
  }
}

/**
 * As `util.format` of Node: %s, %d, %i, %x, %o in the first text take one of the others each, %% is
 * a percent sign, and what is left over follows after spaces.
 */
export function formatLine(values: readonly unknown[]): string {
  const [first, ...others] = values;
  if (typeof first !== "string") return values.map(String).join(" ");
  const rest = [...others];
  const text = first.replaceAll(/%([sdixoOfj%])/g, (mark, letter: string) => {
    if (letter === "%") return others.length === 0 ? mark : "%";
    if (rest.length === 0) return mark;
    return formatValue(rest.shift(), letter);
  });
  return [text, ...rest.map(String)].join(" ");
}

function formatValue(value: unknown, letter: string): string {
  if (letter === "x") return typeof value === "bigint" ? `0x${value.toString(16)}` : String(value);
  if (letter === "d" || letter === "i" || letter === "f") {
    return typeof value === "bigint" || typeof value === "boolean" ? String(BigInt(value)) : "NaN";
  }
  if ((letter === "o" || letter === "O" || letter === "j") && typeof value === "string") {
    return JSON.stringify(value);
  }
  return String(value);
}

export interface ConsoleLine {
  /** The step that printed it. */
  readonly step: number;
  readonly text: string;
}

export function consoleLines({ frames }: Trace): ConsoleLine[] {
  return frames
    .filter(({ codeAddress }) => codeAddress === consoleAddress)
    .slice(0, decodingLimits.consoleLinesMax)
    .flatMap(({ input, callStep }) => {
      const text = consoleLine(bytesToHex(input));
      return text === null || callStep === null ? [] : [{ step: callStep, text }];
    });
}
