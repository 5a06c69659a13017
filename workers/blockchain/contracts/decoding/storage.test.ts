/** Storage without a trace: keys of mappings are given, and views end. */
import { describe, expect, it } from "vitest";
import type { Hex } from "../artefact.ts";
import { decodingLimits } from "../limits.ts";
import { compiled, Fixture, head } from "../testing/fixture.ts";
import { decodeStorage, decodeStorageFrom } from "./storage.ts";
import { TypeNames } from "./type-names.ts";
import { rowsOf } from "./value.ts";

const source = `${head}
contract Keys {
  mapping(address => mapping(address => uint256)) public allowance;
  mapping(int8 => string) public signed;
  mapping(bytes4 => bool) public tagged;
  mapping(string => uint256) public named;
  mapping(bool => uint256) public flags;
  uint256[300][300] internal huge;
  constructor(address a, address b) {
    allowance[a][b] = 5;
    signed[-3] = "minus three";
    tagged[0x01020304] = true;
    named["gold"] = 7;
    flags[true] = 9;
  }
}
`;
const one = "0x00000000000000000000000000000000000000A1";
const other = "0x00000000000000000000000000000000000000b2";

describe("storage at a block", () => {
  it("shows mappings at the keys that are asked for", async () => {
    const fixture = await Fixture.open(await compiled({ "Keys.sol": source }));
    const address: Hex = await fixture.deploy("Keys", [one, other]);
    const names = new TypeNames(Object.values(fixture.compilation.syntaxTrees));
    const layout = fixture.contract("Keys").storage;
    const variables = await decodeStorageFrom(
      { ...layout, storage: layout.storage.filter(({ label }) => label !== "huge") },
      {
        read: () => undefined,
        preimages: new Map(),
        names,
        keys: [one, other, "-3", "0x01020304", "gold", "true"],
      },
      (slots) => Promise.all(slots.map((slot) => fixture.lab.storage(address, slot))),
    );
    const rows = rowsOf(variables).map(({ depth, name, text }) => `${depth} ${name} ${text}`);
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^2 \[0x0{38}b2\] 5$/i),
        '1 [-3] "minus three"',
        "1 [0x01020304] true",
        '1 ["gold"] 7',
        "1 [true] 9",
      ]),
    );
  });

  it("ends, however large the variables are", async () => {
    const { contracts, syntaxTrees } = await compiled({ "Keys.sol": source });
    const layout = contracts[0]!.storage;
    const names = new TypeNames(Object.values(syntaxTrees));
    const { variables } = decodeStorage(layout, { read: () => 0n, preimages: new Map(), names });
    const rows = rowsOf(variables);
    expect(rows.length).toBeGreaterThan(decodingLimits.valuesMax / 2);
    expect(rows.length).toBeLessThanOrEqual(decodingLimits.valuesMax + 300);
  });
});
