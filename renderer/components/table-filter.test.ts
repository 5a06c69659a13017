import { expect, test } from "vitest";
import { filterRows } from "./table-filter.ts";

const rows = [
  { name: "Quantum", state: "failed", restarts: 3 },
  { name: "Gateway", state: "ready", restarts: 0 },
  { name: "Integration", state: "ready", restarts: null },
];
const columns = [
  { id: "name", value: (row: (typeof rows)[number]) => row.name },
  { id: "state", value: (row: (typeof rows)[number]) => row.state },
  { id: "restarts", value: (row: (typeof rows)[number]) => row.restarts },
];
const names = (text: string) => filterRows(rows, columns, text).map(({ name }) => name);

test.each([
  ["", ["Quantum", "Gateway", "Integration"]],
  ["GATE", ["Gateway"]],
  ["state:ready", ["Gateway", "Integration"]],
  ["restarts>0", ["Quantum"]],
  ["restarts<=0", ["Gateway"]],
  ["state:ready restarts=0", ["Gateway"]],
  ['name="quantum"', ["Quantum"]],
  ["unknown:thing", []],
])("%j", (text, expected) => {
  expect(names(text)).toEqual(expected);
});
