/**
 * Maglev hashing (Eisenbud et al., NSDI 2016, section 3.4): every host has a permutation of the
 * table's slots and in turn takes its next free one, until the table is full. Weights as in Envoy:
 * a host of half the greatest weight takes a slot every second turn.
 */
import assert from "node:assert/strict";
import type { BalancedHost, Balancer } from "./balancer.ts";
import { hash32 } from "./hash.ts";

/** A prime, as the paper asks; Envoy's default. */
export const maglevTableSize = 65_537;

export function maglev(size = maglevTableSize): Balancer {
  let known: readonly BalancedHost[] = [];
  let table: Int32Array = new Int32Array();
  return {
    pick(hosts, { hash }) {
      if (hosts.length === 0) return -1;
      if (hosts !== known) [known, table] = [hosts, buildMaglevTable(hosts, size)];
      return table[hash % size]!;
    },
  };
}

/** @returns for each slot the index of its host. */
export function buildMaglevTable(hosts: readonly BalancedHost[], size: number): Int32Array {
  assert.ok(hosts.length > 0 && hosts.length <= size);
  const table = new Int32Array(size).fill(-1);
  const greatest = Math.max(...hosts.map(({ weight }) => weight));
  const builders = hosts.map(({ key, weight }, index) => ({
    index,
    share: weight / greatest,
    credit: 0,
    slot: hash32(key, 0x0ff5e7) % size,
    skip: (hash32(key, 0x5c1b) % (size - 1)) + 1,
  }));
  // The result must not depend on the order in which the hosts were listed.
  builders.sort((a, b) => compare(hosts[a.index]!.key, hosts[b.index]!.key));
  let filled = 0;
  while (filled < size) {
    for (const builder of builders) {
      builder.credit += builder.share;
      if (builder.credit < 1) continue;
      builder.credit -= 1;
      while (table[builder.slot] !== -1) builder.slot = (builder.slot + builder.skip) % size;
      table[builder.slot] = builder.index;
      filled += 1;
      if (filled === size) break;
    }
  }
  return table;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
