/** The form of the search as texts, and the request that it stands for. */
import type { QuantumSearchParams } from "../../app/search-params.ts";
import {
  type SearchInput,
  searchExamples,
  searchInputSchema,
  searchItemsMax,
} from "../../../workers/quantum/contract.ts";

export interface SearchForm {
  /** One item a line. */
  readonly items: string;
  readonly target: string;
  /** Empty: the optimal count. */
  readonly iterations: string;
  /** Empty: another measurement each time. */
  readonly seed: string;
}

export type FormErrors = Partial<Record<keyof SearchForm, string>>;

/** A longer list stays out of the address: browsers and servers cut long ones. */
const addressItemsLengthMax = 1_500;

export const examples: Readonly<Record<string, QuantumSearchParams>> = {
  ...searchExamples,
  "two of eight": {
    items: ["ash", "oak", "elm", "oak", "fir", "yew", "box", "bay"],
    target: "oak",
  },
  "1 of 1,024": {
    items: Array.from({ length: 1_024 }, (_, index) => `item ${index}`),
    target: "item 700",
  },
};

export function formFrom({ items, target, iterations, seed }: QuantumSearchParams): SearchForm {
  return {
    items: (items ?? searchExamples["one of four"].items).join("\n"),
    target: target ?? (items ? "" : searchExamples["one of four"].target),
    iterations: iterations?.toString() ?? "",
    seed: seed?.toString() ?? "",
  };
}

/** The request, or what is wrong with each field. */
export function readForm(
  form: SearchForm,
): { readonly input: SearchInput } | { readonly errors: FormErrors } {
  const items = form.items.split("\n").flatMap((line) => (line.trim() === "" ? [] : line.trim()));
  const parsed = searchInputSchema.safeParse({
    items,
    target: form.target.trim(),
    iterations: optionalNumber(form.iterations),
    seed: optionalNumber(form.seed),
  });
  if (parsed.success) return { input: parsed.data };
  const errors: FormErrors = {};
  for (const { path, message } of parsed.error.issues) {
    const [field] = path;
    if (field === "items") {
      errors.items =
        items.length > searchItemsMax
          ? `${items.length} items are more than the ${searchItemsMax} that the simulator takes.`
          : items.length === 0
            ? "Enter at least one item."
            : message;
    } else if (field === "target" || field === "iterations" || field === "seed") {
      errors[field] = message;
    }
  }
  return { errors };
}

/** What of the request fits into the address. */
export function addressOf(input: SearchInput): QuantumSearchParams {
  const { items, ...rest } = input;
  return items.join("").length + items.length * 3 > addressItemsLengthMax
    ? rest
    : { items, ...rest };
}

function optionalNumber(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text);
}
