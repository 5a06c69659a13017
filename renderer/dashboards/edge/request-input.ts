/** The request form as texts and choices, and the request that it stands for. */
import {
  dataLengthMax,
  type ProcessInput,
  smoothWindowMax,
  type Operation,
} from "../../../workers/edge/contract.ts";

export interface RequestForm {
  readonly what: "digit" | "numbers" | Operation;
  /** The drawn or chosen digit. */
  readonly pixels: readonly number[] | null;
  /** Separated by spaces, commas or line ends. */
  readonly numbers: string;
  readonly window: string;
  readonly from: string;
  readonly bypass: boolean;
}

export const emptyForm: RequestForm = {
  what: "digit",
  pixels: null,
  numbers: "1, 2, 3, 4, 5",
  window: "5",
  from: "Frankfurt",
  bypass: false,
};

/** The request, or the field that is wrong and why. */
export function readRequest(
  form: RequestForm,
):
  | { readonly input: ProcessInput }
  | { readonly field: "pixels" | "numbers" | "window"; readonly problem: string } {
  const common = { from: form.from, cache: form.bypass ? ("bypass" as const) : ("use" as const) };
  if (form.what === "digit") {
    if (form.pixels === null) {
      return { field: "pixels", problem: "Draw a digit or choose a sample first." };
    }
    const data = [...form.pixels];
    return { input: { type: "ai_inference", model: "image_classifier", data, ...common } };
  }
  const data = form.numbers.split(/[\s,;]+/).flatMap((part) => (part === "" ? [] : Number(part)));
  if (data.length === 0) return { field: "numbers", problem: "Enter at least one number." };
  if (!data.every(Number.isFinite)) {
    return { field: "numbers", problem: "Every entry must be a number." };
  }
  if (data.length > dataLengthMax) {
    return { field: "numbers", problem: `At most ${dataLengthMax} numbers fit into a request.` };
  }
  if (form.what === "numbers") {
    return { input: { type: "ai_inference", model: "image_classifier", data, ...common } };
  }
  const request = { type: "data_processing", operation: form.what, data, ...common };
  if (form.what !== "smooth") return { input: request };
  const window = Number(form.window);
  if (!Number.isInteger(window) || window < 1 || window > smoothWindowMax) {
    return { field: "window", problem: `A whole number from 1 to ${smoothWindowMax}.` };
  }
  return { input: { ...request, window } };
}
