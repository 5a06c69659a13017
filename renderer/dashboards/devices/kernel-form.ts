/** The playground's form as texts, and what is asked of the server. */
import {
  type KernelInput,
  kernelExamples,
  kernelInputSchema,
  type kernelModes,
} from "../../../workers/analytics/contract.ts";

export type KernelMode = (typeof kernelModes)[number];

export interface KernelForm {
  readonly source: string;
  /** JSON of inputs, constants and output. */
  readonly settings: string;
  readonly mode: KernelMode;
}

export const exampleNames = Object.keys(kernelExamples);

export function exampleForm(name: string): KernelForm {
  const { source, mode = "auto", ...settings } = kernelExamples[name]!;
  return { source, mode, settings: settingsText(settings) };
}

/** @returns a sentence when the form cannot be read */
export function readKernelForm({ source, settings, mode }: KernelForm): KernelInput | string {
  let given: unknown;
  try {
    given = JSON.parse(settings);
  } catch (error) {
    return `The inputs are no JSON: ${(error as Error).message}`;
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return "The inputs are an object with inputs, constants and output.";
  }
  const read = kernelInputSchema.safeParse({ ...given, source, mode });
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  return `${issue.path.join(".") || "The inputs"}: ${issue.message}`;
}

/** Arrays of numbers on a line each. */
function settingsText(settings: Omit<KernelInput, "source" | "mode">): string {
  return JSON.stringify(settings, null, 2).replaceAll(
    /\[[\s\d.,eE+-]*\]/g,
    (list) => `[${list.slice(1, -1).trim().replaceAll(/\s+/g, " ")}]`,
  );
}
