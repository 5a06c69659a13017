import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type GasTransaction, GasUseSum, sampleLengthMax } from "./gas-use.ts";
import { priorityFees } from "./priority-fees.ts";

const transactions = fc.array(
  fc.record({
    address: fc.constantFrom("0xaa", "0xbb", "0xcc"),
    kind: fc.constantFrom("transfer" as const, "call" as const, "deployment" as const),
    data: fc.constantFrom("0x", "0x12", "0x11111111", "0x22222222ff"),
    gasUsed: fc.integer({ min: 21_000, max: 1_000_000 }),
    failed: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe("the gas of transactions", () => {
  it("is all there, in the sums and under the contracts, in falling order", () => {
    fc.assert(
      fc.property(transactions, (all) => {
        const sum = new GasUseSum();
        for (const each of all) sum.add(each);
        const { contracts, byKind, ...rest } = sum.most(10, 10);
        const gasOf = (list: readonly { readonly gasUsed: number }[]) =>
          list.reduce((total, { gasUsed }) => total + gasUsed, 0);
        expect(rest).toEqual({ transactions: all.length, gasUsed: gasOf(all) });
        expect(gasOf(Object.values(byKind))).toBe(rest.gasUsed);
        expect(gasOf(contracts)).toBe(byKind.call.gasUsed + byKind.deployment.gasUsed);
        for (const { address, methods, failed } of contracts) {
          const own = all.filter((each) => each.address === address && each.kind !== "transfer");
          expect(failed).toBe(own.filter((each) => each.failed).length);
          expect(gasOf(methods)).toBe(gasOf(own.filter(({ kind }) => kind === "call")));
          for (const { selector, gasMin, gasMax } of methods) {
            const calls = own.filter(
              ({ kind, data }) =>
                kind === "call" && (data.length >= 10 ? data.slice(0, 10) : null) === selector,
            );
            expect([gasMin, gasMax]).toEqual([
              Math.min(...calls.map(({ gasUsed }) => gasUsed)),
              Math.max(...calls.map(({ gasUsed }) => gasUsed)),
            ]);
          }
        }
        expect(contracts).toEqual(contracts.toSorted((a, b) => b.gasUsed - a.gasUsed));
      }),
    );
  });

  it("keeps call data to read the method from, unless all of it is too long", () => {
    const call = (data: string): GasTransaction => ({
      address: "0xaa",
      kind: "call",
      data,
      gasUsed: 1,
      failed: false,
    });
    const long = `0xa9059cbb${"0".repeat(sampleLengthMax)}`;
    const sum = new GasUseSum();
    sum.add(call(long));
    expect(sum.most(1, 1).contracts[0]?.methods[0]?.sample).toBe("0xa9059cbb");
    sum.add(call("0xa9059cbb00"));
    sum.add(call(long));
    expect(sum.most(1, 1).contracts[0]?.methods[0]).toMatchObject({
      sample: "0xa9059cbb00",
      transactions: 3,
    });
  });
});

describe("priority fees", () => {
  it("are weighted by gas", () => {
    const paid = [
      { gas: 10n, price: 105n },
      { gas: 80n, price: 110n },
      { gas: 10n, price: 200n },
    ];
    expect(priorityFees(paid, 100n, [0, 10, 11, 90, 91, 100])).toEqual([
      5n,
      5n,
      10n,
      10n,
      100n,
      100n,
    ]);
  });

  it("are nothing in an empty block", () => {
    expect(priorityFees([], 100n, [10, 50])).toEqual([0n, 0n]);
  });
});
