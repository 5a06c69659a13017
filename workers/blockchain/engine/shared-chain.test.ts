/**
 * The chain that the Ethereum project tests its clients with (ethereum/execution-apis): it begins
 * with proof of work and crosses every fork. Each block is executed, and its roots compared.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RLP } from "@ethereumjs/rlp";
import { expect, it } from "vitest";
import { openReplica, withId } from "../testing/replicas.ts";
import { readGenesis } from "./genesis.ts";
import { hexDigits } from "./state-reader.ts";

const folder = join(import.meta.dirname, "../../../../shared/data/execution-apis");
const present = existsSync(join(folder, "chain.rlp"));
const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

/** The encoded blocks, which follow each other in the file. */
function blocks(): Uint8Array[] {
  const found: Uint8Array[] = [];
  let rest: Uint8Array = Uint8Array.from(readFileSync(join(folder, "chain.rlp")));
  while (rest.length > 0) {
    const { data, remainder } = RLP.decode(rest, true);
    found.push(RLP.encode(data));
    rest = remainder;
  }
  return found;
}

it.skipIf(!present)("imports all of its blocks", async () => {
  const { replica, store } = await openReplica(readGenesis(json("genesis.json")));
  for (const [index, block] of blocks().entries()) {
    const entry = withId({ kind: "import", rlp: `0x${hexDigits(block)}` } as const);
    const { outcome } = await replica.apply(index + 1, entry);
    expect(outcome).toMatchObject({ kind: "block" });
    expect(replica.stateRoot).toEqual(replica.head.header.stateRoot);
  }
  const { params } = json("headfcu.json") as { params: [{ headBlockHash: string }] };
  expect(`0x${hexDigits(replica.head.hash())}`).toBe(params[0].headBlockHash);
  expect(replica.height).toBe(54);
  store.close();
});
