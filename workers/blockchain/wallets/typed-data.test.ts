/** EIP-712: its own example, and ethers and viem on random types and values. */
import { TypedDataEncoder } from "ethers";
import fc from "fast-check";
import { bytesToHex, hashTypedData } from "viem";
import { expect, it } from "vitest";
import { developerAccounts } from "../core/developer-accounts.ts";
import { typedDataHash } from "./typed-data.ts";

const domain = {
  name: "Ether Mail",
  version: "1",
  chainId: 1,
  verifyingContract: "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC",
};
const types = {
  Person: [
    { name: "name", type: "string" },
    { name: "wallet", type: "address" },
  ],
  Mail: [
    { name: "from", type: "Person" },
    { name: "to", type: "Person" },
    { name: "contents", type: "string" },
  ],
};
const mail = {
  from: { name: "Cow", wallet: "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826" },
  to: { name: "Bob", wallet: "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB" },
  contents: "Hello, Bob!",
};

it("hashes the example of EIP-712", () => {
  const data = { types, primaryType: "Mail", domain, message: mail };
  expect(bytesToHex(typedDataHash(data))).toBe(
    "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2",
  );
});

const digits = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => bytesToHex(value));
const atoms: readonly { type: string; value: fc.Arbitrary<unknown> }[] = [
  { type: "string", value: fc.string({ unit: "grapheme", maxLength: 40 }) },
  { type: "bool", value: fc.boolean() },
  { type: "address", value: fc.constantFrom(...developerAccounts.map(({ address }) => address)) },
  { type: "bytes", value: fc.nat({ max: 70 }).chain(digits) },
  { type: "bytes1", value: digits(1) },
  { type: "bytes32", value: digits(32) },
  { type: "uint8", value: fc.nat({ max: 255 }) },
  { type: "uint256", value: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String) },
  { type: "int16", value: fc.integer({ min: -32_768, max: 32_767 }) },
  { type: "int256", value: fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }).map(String) },
];

/** A type for a field and values of it, among them arrays. */
const field = fc.constantFrom(...atoms).chain(({ type, value }) =>
  fc.oneof(
    value.map((one) => ({ type, value: one })),
    fc
      .array(value, { maxLength: 3 })
      .map((many) => ({ type: `${type}[]`, value: many as unknown })),
    fc
      .array(value, { minLength: 2, maxLength: 2 })
      .map((many) => ({ type: `${type}[2]`, value: many as unknown })),
    fc
      .array(fc.array(value, { minLength: 1, maxLength: 1 }), { maxLength: 2 })
      .map((many) => ({ type: `${type}[1][]`, value: many as unknown })),
  ),
);
const struct = fc.array(field, { minLength: 1, maxLength: 5 }).map((fields) => ({
  fields: fields.map(({ type }, index) => ({ name: `f${index}`, type })),
  value: Object.fromEntries(fields.map(({ value }, index) => [`f${index}`, value])),
}));

it("agrees with ethers and viem on any data", () => {
  fc.assert(
    fc.property(struct, struct, fc.subarray(Object.keys(domain)), (inner, outer, kept) => {
      const some = Object.fromEntries(
        Object.entries(domain).filter(([name]) => kept.includes(name)),
      );
      const all = {
        Inner: inner.fields,
        Outer: [...outer.fields, { name: "one", type: "Inner" }, { name: "many", type: "Inner[]" }],
      };
      const message = { ...outer.value, one: inner.value, many: [inner.value, inner.value] };
      const data = { types: all, primaryType: "Outer", domain: some, message };
      const ours = bytesToHex(typedDataHash(data));
      expect(ours).toBe(TypedDataEncoder.hash(some, all, message));
      expect(ours).toBe(hashTypedData(data as Parameters<typeof hashTypedData>[0]));
    }),
    { numRuns: 150 },
  );
}, 60_000);

it.each([
  ["a type that is not there", { primaryType: "Letter" }, "There is no type Letter."],
  ["a missing field", { message: { ...mail, to: undefined } }, "message.to is not an object"],
  ["a field of another type", { message: { ...mail, contents: 1 } }, "message.contents"],
  [
    "a short address",
    { message: { ...mail, to: { name: "x", wallet: "0x12" } } },
    "message.to.wallet is not an address",
  ],
  ["an odd domain", { domain: { chainId: "many" } }, "domain.chainId is not a whole number"],
  ["a prototype's name", { primaryType: "toString" }, "There is no type toString."],
])("refuses %s", (_title, change, message) => {
  const data = { types, primaryType: "Mail", domain, message: mail, ...change };
  expect(() => typedDataHash(data)).toThrow(message);
});

it.each([
  ["uint8", 256],
  ["uint8", -1],
  ["int8", 128],
  ["uint256", 1.5],
  ["uint7", 1],
  ["uint264", 1],
  ["bytes33", "0x"],
  ["bytes2", "0x11"],
  ["bool", "true"],
  ["string[2]", ["a"]],
  ["float", 1],
])("refuses %s of %j", (type, value) => {
  const data = {
    types: { T: [{ name: "v", type }] },
    primaryType: "T",
    domain: {},
    message: { v: value },
  };
  expect(() => typedDataHash(data)).toThrow("message.v");
});
