import fc from "fast-check";
import { expect, it } from "vitest";
import { ObjectStore } from "./object-store.ts";
import { selectorMatcher } from "./selectors.ts";

const words = fc.constantFrom("a", "b", "c");
const labels = fc.dictionary(words, words, { maxKeys: 3 });
const namespaces = fc.constantFrom("one", "two");
const step = fc.record({
  namespace: namespaces,
  name: fc.constantFrom("p", "q", "r", "s"),
  /** Null: it goes. */
  labels: fc.option(labels),
});
const selector = fc.record({
  matchLabels: labels,
  matchExpressions: fc.array(
    fc.record({ key: words, operator: fc.constantFrom("In", "NotIn"), values: fc.array(words) }),
    { maxLength: 1 },
  ),
});

it("finds by their labels the pods that looking at each of them finds", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), namespaces, selector, (steps, where, asked) => {
      const store = new ObjectStore({ now: () => 0, random: () => 0.5 });
      for (const name of ["one", "two"]) {
        store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
      }
      for (const { namespace, name, labels: given } of steps) {
        const before = store.get("pods", namespace, name);
        if (before === undefined) {
          const metadata = { namespace, name, labels: given ?? {} };
          const spec = { containers: [] };
          store.create({ apiVersion: "v1", kind: "Pod", metadata, spec });
        } else if (given === null) {
          store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
        } else store.update({ ...before, metadata: { ...before.metadata, labels: given } });
      }
      const matches = selectorMatcher(asked);
      const looked = [...store.inNamespace("pods", where)].filter(({ metadata }) =>
        matches(metadata.labels),
      );
      const names = (pods: readonly (typeof looked)[number][]) =>
        pods.map(({ metadata }) => metadata.name).toSorted();
      expect(names(store.podsSelected(where, asked))).toEqual(names(looked));
      expect(store.podsSelected(where, undefined)).toEqual([]);
    }),
  );
});
