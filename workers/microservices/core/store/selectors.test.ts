import { describe, expect, it } from "vitest";
import { parseFieldSelector, parseLabelSelector, selectorMatcher } from "./selectors.ts";

const labels = { app: "web", tier: "front", empty: "" };

describe("label selectors", () => {
  // The examples of the Kubernetes documentation, "Labels and Selectors".
  it.each([
    ["", true],
    ["app=web", true],
    ["app==web,tier!=back", true],
    ["app!=web", false],
    ["absent!=web", true],
    ["tier in (front, back)", true],
    ["tier notin (front, back)", false],
    ["absent notin (front)", true],
    ["app", true],
    ["!app", false],
    ["!absent,app in (web),tier", true],
    ["empty=", true],
  ])("%s", (text, expected) => {
    expect(parseLabelSelector(text)(labels)).toBe(expected);
  });

  it.each(["a b", "in (a)", "a=b=c", "(a)"])("refuses %s", (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/selector|requirement/);
  });

  it("of objects: none matches nothing, an empty one everything", () => {
    expect(selectorMatcher(undefined)(labels)).toBe(false);
    expect(selectorMatcher({})(undefined)).toBe(true);
    const matchExpressions = [{ key: "tier", operator: "In", values: ["front"] }];
    expect(selectorMatcher({ matchLabels: { app: "web" }, matchExpressions })(labels)).toBe(true);
  });
});

it("field selectors compare texts, a missing field being empty", () => {
  const object = {
    metadata: { name: "web" },
    spec: { nodeName: "" },
    status: { phase: "Running" },
  };
  expect(parseFieldSelector("metadata.name=web,status.phase!=Failed")(object)).toBe(true);
  expect(parseFieldSelector("spec.nodeName=")(object)).toBe(true);
  expect(parseFieldSelector("status.reason=x")(object)).toBe(false);
  expect(() => parseFieldSelector("metadata.name")).toThrow(/field=value/);
});
