import { expect, it } from "vitest";
import { heatOf } from "./heat.ts";

const line = (file: string | null, number: number, exclusive: number) => ({
  file,
  line: number,
  exclusive,
  inclusive: exclusive,
  hits: 1,
});

it("tells the lines of a file by their share of all gas", () => {
  const profile = {
    total: 1_000,
    lines: [line("A.sol", 3, 300), line("A.sol", 4, 4), line("B.sol", 3, 100), line(null, 0, 596)],
    functions: [],
  };
  expect([...heatOf(profile, "A.sol")]).toEqual([
    [3, { gas: 300, share: 0.3, level: 4 }],
    [4, { gas: 4, share: 0.004, level: 0 }],
  ]);
  expect(heatOf(profile, "C.sol").size).toBe(0);
  expect(heatOf({ ...profile, total: 0, lines: [line("A.sol", 1, 0)] }, "A.sol").size).toBe(0);
});
