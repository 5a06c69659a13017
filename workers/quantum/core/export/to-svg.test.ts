import { describe, expect, it } from "vitest";
import { circuitOf, gate } from "../circuit.ts";
import { toSvg } from "./to-svg.ts";

/** Every tag that opens closes, and attributes are quoted: enough to be well-formed here. */
function isBalanced(text: string): boolean {
  const open: string[] = [];
  for (const [, slash, name, self] of text.matchAll(
    /<(\/?)([a-z]+)(?:\s[a-zA-Z:-]+="[^"<]*")*(\/?)>/g,
  )) {
    if (self === "/") continue;
    if (slash === "/") {
      if (open.pop() !== name) return false;
    } else open.push(name!);
  }
  return open.length === 0;
}

describe("a circuit as SVG", () => {
  it("draws each wire, gate, control and measurement once", () => {
    const svg = toSvg(
      circuitOf(
        3,
        [
          gate("h", [0]),
          gate("cx", [0, 1]),
          { ...gate("rz", [2], [Math.PI / 2]), controls: [{ qubit: 0, value: 0 }] },
          gate("swap", [1, 2]),
          { kind: "measure", qubit: 0, bit: 0 },
        ],
        1,
      ),
    );
    for (const text of [">q0<", ">q1<", ">q2<", ">H<", ">RZ(π/2)<", ">M 0<"]) {
      expect(svg.split(text)).toHaveLength(2);
    }
    expect(svg.match(/class="dot"/g)).toHaveLength(1);
    expect(svg.match(/r="4" class="box"/g)).toHaveLength(1);
    expect(isBalanced(svg)).toBe(true);
  });

  it("keeps what somebody called a gate from being markup", () => {
    const elements = [1, 0, 0, 0, 0, 0, 1, 0];
    const label = '<script a="b">&';
    const svg = toSvg(circuitOf(1, [{ kind: "unitary", label, elements, qubits: [0] }]));
    expect(svg).toContain('&lt;script a="b"&gt;&amp;');
    expect(svg).not.toContain("<script");
    expect(isBalanced(svg)).toBe(true);
  });

  it("brackets blocks", () => {
    const condition = { kind: "compare", bits: [0], operator: "==", value: 1 } as const;
    const svg = toSvg(
      circuitOf(
        1,
        [
          { kind: "if", condition, whenTrue: [gate("x", [0])], whenFalse: [gate("z", [0])] },
          { kind: "repeat", count: 3, body: [gate("h", [0])] },
        ],
        1,
      ),
    );
    expect(svg).toMatch(/>if c0 == 1<.*>X<.*>else<.*>Z<.*>end<.*>3 times<.*>H<.*>end</s);
  });
});
