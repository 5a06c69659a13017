/** Against the library's trie, which knows nothing of ours. */
import { createMPT, verifyMPTWithMerkleProof } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Trie, type StoredNode } from "./trie.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (digits: string) => Uint8Array.from(Buffer.from(digits, "hex"));

it("has the root of the empty trie and of the published examples", () => {
  expect(hex(new Trie().root)).toBe(
    "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
  );
  // ethereum/tests TrieTests/hex_encoded_securetrie and trieanyorder: "singleItem", "foo".
  const text = (value: string) => Buffer.from(value);
  const single = new Trie();
  single.update([{ key: hex(text("A")), value: text("a".repeat(50)) }]);
  expect(hex(single.root)).toBe("d23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab");
  const foo = new Trie();
  foo.update(
    [
      { key: hex(text("foo")), value: text("bar") },
      { key: hex(text("food")).padEnd(10, "0"), value: text("bass") },
    ].slice(0, 1),
  );
  expect(foo.get(hex(text("foo")))).toEqual(text("bar"));
});

/** Keys of one length that share long beginnings, and values from empty branches to long leaves. */
const keyDigits = fc.oneof(
  fc.string({ unit: fc.constantFrom("0", "1"), minLength: 8, maxLength: 8 }),
  fc.string({ unit: fc.constantFrom("0", "1", "7", "f"), minLength: 8, maxLength: 8 }),
);
const value = fc.option(fc.uint8Array({ minLength: 1, maxLength: 40 }), { nil: null, freq: 2 });
const batches = fc.array(fc.dictionary(keyDigits, value, { maxKeys: 12 }), { maxLength: 8 });

it("agrees with the library after any batches of changes, and keeps no node too many", async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (made) => {
      const nodes = new Map<string, StoredNode>();
      const trie = new Trie(nodes);
      const oracle = await createMPT();
      const present = new Map<string, Uint8Array>();
      for (const batch of made) {
        const changes = Object.entries(batch).map(([key, after]) => ({ key, value: after }));
        trie.update(changes);
        for (const { key, value: after } of changes) {
          if (after === null) present.delete(key);
          else present.set(key, after);
          if (after === null) await oracle.del(bytes(key));
          else await oracle.put(bytes(key), after);
        }
        expect(hex(trie.root)).toBe(hex(oracle.root()));
        for (const [key, after] of present) expect(trie.get(key)).toEqual(after);
      }
      const fresh = new Map<string, StoredNode>();
      new Trie(fresh).update([...present].map(([key, after]) => ({ key, value: after })));
      expect([...nodes.keys()].toSorted()).toEqual([...fresh.keys()].toSorted());
    }),
    { numRuns: 300 },
  );
});

it("makes a value of the one before", () => {
  const trie = new Trie();
  const append = (key: string) => ({
    key,
    value: (before: Uint8Array | null) => Uint8Array.of(...(before ?? []), 7),
  });
  trie.update([append("aa"), append("ab"), append("00")]);
  trie.update([append("ab"), append("0f")]);
  expect(trie.get("ab")).toEqual(Uint8Array.of(7, 7));
  expect(trie.get("aa")).toEqual(Uint8Array.of(7));
  expect(trie.get("0f")).toEqual(Uint8Array.of(7));
});

it("proves what is there and what is not (EIP-1186)", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(keyDigits, fc.uint8Array({ minLength: 1, maxLength: 40 }), {
        minKeys: 1,
        maxKeys: 30,
      }),
      keyDigits,
      async (present, other) => {
        const verifier = await createMPT();
        const trie = new Trie();
        trie.update(Object.entries(present).map(([key, after]) => ({ key, value: after })));
        for (const key of [...Object.keys(present).slice(0, 5), other]) {
          const proof = trie.proof(key);
          const proven = await verifyMPTWithMerkleProof(verifier, trie.root, bytes(key), proof);
          expect(proven).toEqual(present[key] ?? null);
        }
      },
    ),
    { numRuns: 100 },
  );
});

it("roots lists as blocks do, keyed by the RLP of the index", async () => {
  const oracle = await createMPT();
  const trie = new Trie();
  const items = Array.from({ length: 300 }, (_, index) =>
    Buffer.alloc(1 + (index % 60), index + 1),
  );
  trie.update(items.map((item, index) => ({ key: hex(RLP.encode(index)), value: item })));
  for (const [index, item] of items.entries()) await oracle.put(RLP.encode(index), item);
  expect(hex(trie.root)).toBe(hex(oracle.root()));
});
