/** Affinity terms and spread constraints made ready: whom they mean and where they look. */
import type { PodAffinityTerm, TopologySpreadConstraint } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { schedulingLimits } from "../../limits.ts";
import { type LabelMatcher, type Labels, selectorMatcher } from "../store/selectors.ts";

/** Pods of some namespaces with some labels. Equal keys mean the same pods. */
export interface PodSelector {
  readonly key: string;
  readonly usesNamespaceLabels: boolean;
  readonly matches: (namespace: string, labels: Labels) => boolean;
}

export interface Term extends PodSelector {
  readonly topologyKey: string;
}

/** Labels of a namespace by its name; undefined where it is not there. */
export type NamespaceLabels = (name: string) => Labels | undefined;

const knownTerms = new WeakMap<PodAffinityTerm, Map<string, Term>>();

/** The term as a pod of this namespace with these labels means it. */
export function termOf(
  source: PodAffinityTerm,
  namespace: string,
  labels: Labels,
  namespaceLabels: NamespaceLabels,
): Term {
  const selector = withLabelKeys(source, labels);
  const variant =
    selector === source.labelSelector
      ? namespace
      : JSON.stringify([namespace, selector?.matchExpressions]);
  let variants = knownTerms.get(source);
  if (variants === undefined) knownTerms.set(source, (variants = new Map()));
  let term = variants.get(variant);
  if (term === undefined) {
    if (variants.size >= schedulingLimits.variantsPerTermMax) variants.clear();
    term = makeTerm(source, selector, namespace, namespaceLabels);
    variants.set(variant, term);
  }
  return term;
}

function makeTerm(
  { namespaces = [], namespaceSelector, topologyKey }: PodAffinityTerm,
  selector: LabelSelector | undefined,
  home: string,
  namespaceLabels: NamespaceLabels,
): Term {
  const names = namespaces.length === 0 && namespaceSelector === undefined ? [home] : namespaces;
  const matchesLabels = selectorMatcher(selector);
  const matchesNamespace: LabelMatcher = selectorMatcher(namespaceSelector);
  const usesNamespaceLabels = namespaceSelector !== undefined;
  return {
    key: JSON.stringify([topologyKey, names, namespaceSelector, selector]),
    topologyKey,
    usesNamespaceLabels,
    matches: (namespace, labels) =>
      (names.includes(namespace) ||
        (usesNamespaceLabels && matchesNamespace(namespaceLabels(namespace) ?? {}))) &&
      matchesLabels(labels),
  };
}

/** matchLabelKeys and mismatchLabelKeys put the pod's own values into the selector (KEP 3633). */
function withLabelKeys(
  term: {
    labelSelector?: LabelSelector;
    matchLabelKeys?: string[];
    mismatchLabelKeys?: string[];
  },
  labels: Labels,
): LabelSelector | undefined {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  const own = (keys: readonly string[], operator: string) =>
    keys
      .filter((key) => labels[key] !== undefined)
      .map((key) => ({ key, operator, values: [labels[key]!] }));
  const added = [...own(matchLabelKeys, "In"), ...own(mismatchLabelKeys, "NotIn")];
  if (labelSelector === undefined || added.length === 0) return labelSelector;
  return {
    ...labelSelector,
    matchExpressions: [...(labelSelector.matchExpressions ?? []), ...added],
  };
}

/** Several terms at once: pods that all of them mean. */
export function allOf(terms: readonly Term[]): PodSelector {
  if (terms.length === 1) return terms[0]!;
  return {
    key: JSON.stringify(terms.map(({ key }) => key)),
    usesNamespaceLabels: terms.some(({ usesNamespaceLabels }) => usesNamespaceLabels),
    matches: (namespace, labels) => terms.every((term) => term.matches(namespace, labels)),
  };
}

const knownSpread = new WeakMap<TopologySpreadConstraint, Map<string, PodSelector>>();

/** Pods that a spread constraint counts: of the pod's own namespace. */
export function spreadSelectorOf(
  constraint: TopologySpreadConstraint,
  home: string,
  labels: Labels,
): PodSelector {
  const selector = withLabelKeys(constraint, labels);
  const variant =
    selector === constraint.labelSelector
      ? home
      : JSON.stringify([home, selector?.matchExpressions]);
  let variants = knownSpread.get(constraint);
  if (variants === undefined) knownSpread.set(constraint, (variants = new Map()));
  let found = variants.get(variant);
  if (found === undefined) {
    if (variants.size >= schedulingLimits.variantsPerTermMax) variants.clear();
    variants.set(variant, (found = selectorIn(home, selector)));
  }
  return found;
}

function selectorIn(home: string, selector: LabelSelector | undefined): PodSelector {
  const matchesLabels = selectorMatcher(selector);
  return {
    key: JSON.stringify(["spread", home, selector]),
    usesNamespaceLabels: false,
    matches: (namespace, labels) => namespace === home && matchesLabels(labels),
  };
}
