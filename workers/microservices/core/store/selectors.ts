/** Label and field selectors: the words of kubectl's -l and --field-selector. */
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { apiErrors } from "./api-error.ts";

export type Labels = Readonly<Record<string, string>>;

interface Requirement {
  readonly key: string;
  readonly operator: "in" | "notin" | "exists" | "absent" | "gt" | "lt";
  readonly values: readonly string[];
}

/** Answers whether an object's labels are meant. */
export type LabelMatcher = (labels: Labels | undefined) => boolean;

const none: Labels = {};

function holds({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "in":
      return value !== undefined && values.includes(value);
    case "notin":
      return value === undefined || !values.includes(value);
    case "gt":
      return value !== undefined && Number(value) > Number(values[0]);
    default:
      return value !== undefined && Number(value) < Number(values[0]);
  }
}

const matcherOf =
  (requirements: readonly Requirement[]): LabelMatcher =>
  (labels = none) =>
    requirements.every((requirement) => holds(requirement, labels));

const operators = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "absent",
  Gt: "gt",
  Lt: "lt",
} as const;

/** One requirement of a NodeSelectorTerm or LabelSelector, in Kubernetes' JSON. */
export interface SelectorExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export function matchesExpression(expression: SelectorExpression, labels: Labels): boolean {
  const operator = operators[expression.operator as keyof typeof operators];
  if (operator === undefined) return false;
  return holds({ key: expression.key, operator, values: expression.values ?? [] }, labels);
}

/** A selector in an object (`spec.selector`); without one nothing matches, an empty one matches all. */
export function selectorMatcher(selector: LabelSelector | undefined): LabelMatcher {
  if (selector === undefined) return () => false;
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]) => ({ key, operator: "in", values: [value] }),
  );
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = operators[operator as keyof typeof operators];
    if (known === undefined) return () => false;
    requirements.push({ key, operator: known, values: values ?? [] });
  }
  return matcherOf(requirements);
}

const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/;
const comparison = /^([^\s=!<>]+)\s*(==|!=|=|>|<)\s*([^\s=!<>()]*)$/;
const presence = /^(!?)\s*([^\s=!<>(),]+)$/;

/**
 * The text form: `app=web,tier in (a, b),!canary`. An empty text matches everything.
 * @throws ApiError 400 for what is no selector
 */
export function parseLabelSelector(text: string): LabelMatcher {
  const parts = splitOutsideParentheses(text);
  return matcherOf(parts.map((part) => parseRequirement(part, text)));
}

function parseRequirement(part: string, whole: string): Requirement {
  const inSet = set.exec(part);
  if (inSet) {
    const values = inSet[3]!.split(",").map((value) => value.trim());
    return { key: inSet[1]!, operator: inSet[2] as "in" | "notin", values };
  }
  const compared = comparison.exec(part);
  if (compared) {
    const [, key, sign, value] = compared as unknown as [string, string, string, string];
    const operator = sign === "!=" ? "notin" : sign === ">" ? "gt" : sign === "<" ? "lt" : "in";
    return { key, operator, values: [value] };
  }
  const present = presence.exec(part);
  if (present) {
    return { key: present[2]!, operator: present[1] === "!" ? "absent" : "exists", values: [] };
  }
  throw apiErrors.badRequest(
    `unable to parse requirement: found '${part}' in the selector '${whole}'; write key=value, key!=value, key in (a,b), key notin (a,b), key or !key`,
  );
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === undefined || (character === "," && depth === 0)) {
      const part = text.slice(start, at).trim();
      if (part !== "") parts.push(part);
      start = at + 1;
    }
  }
  return parts;
}

/** Answers whether an object is meant, by the values of its fields. */
export type FieldMatcher = (object: unknown) => boolean;

/**
 * `metadata.name=web,status.phase!=Running`: equality alone, as in Kubernetes. A field that the
 * object lacks has the value "".
 * @throws ApiError 400 for what is no selector
 */
export function parseFieldSelector(text: string): FieldMatcher {
  const terms = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const term = /^([^\s=!]+)\s*(==|!=|=)\s*(.*)$/.exec(part);
      if (term === null) {
        throw apiErrors.badRequest(
          `invalid selector: '${part}'; can't understand it: write field=value or field!=value`,
        );
      }
      return { path: term[1]!.split("."), equal: term[2] !== "!=", value: term[3]! };
    });
  return (object) =>
    terms.every(({ path, equal, value }) => (fieldText(object, path) === value) === equal);
}

function fieldText(object: unknown, path: readonly string[]): string {
  let at = object;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return "";
    at = (at as Record<string, unknown>)[name];
  }
  if (typeof at === "string") return at;
  return typeof at === "number" || typeof at === "boolean" ? String(at) : "";
}
