import fc from "fast-check";
import { expect, it } from "vitest";
import { templates } from "../../../workers/blockchain/contracts/templates/templates.ts";
import { solidityTokens } from "./solidity-tokens.ts";

const read = (text: string) =>
  [...solidityTokens(text)].map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`);

it("tells words, types, numbers, texts and comments apart", () => {
  expect(
    read('function f(uint8 a, bytes32 b) { x = 1_000 ether + 0xff; // ok\n s = unicode"a\\"b"; }'),
  ).toEqual([
    "word function",
    "type uint8",
    "type bytes32",
    "number 1_000",
    "unit ether",
    "number 0xff",
    "comment // ok",
    'text unicode"a\\"b"',
  ]);
});

it("takes words inside of comments, texts and names for what they are", () => {
  expect(read("/* if a\n while */ functional uint7x _return")).toEqual([
    "comment /* if a\n while */",
  ]);
  expect(read('"new // text" msg.sender')).toEqual(['text "new // text"', "known msg"]);
  expect(read("/* not closed\n contract")).toEqual(["comment /* not closed\n contract"]);
});

it("gives tokens in order, without overlap, of any text", () => {
  const sources = templates.flatMap((template) => Object.values(template.sources));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...sources)), (text) => {
      let end = 0;
      for (const { from, to } of solidityTokens(text)) {
        expect(from).toBeGreaterThanOrEqual(end);
        expect(to).toBeGreaterThan(from);
        end = to;
      }
      expect(end).toBeLessThanOrEqual(text.length);
    }),
  );
});
