import { expect, it } from "vitest";
import { Acknowledged } from "./acknowledged.ts";

it("lets a reader wait for what was acknowledged before he came, and for nothing after", async () => {
  const acknowledged = new Acknowledged();
  await acknowledged.over();
  const [first, second, third] = [0, 1, 2].map(() => Promise.withResolvers<void>());
  acknowledged.add("0x1", first!.promise);
  acknowledged.add("0x2", second!.promise);
  let seen = false;
  const reader = acknowledged.over().then(() => (seen = true));
  acknowledged.add("0x3", third!.promise);
  // One that comes into no block is over, too.
  second!.reject(new Error("refused"));
  await new Promise(setImmediate);
  expect([seen, acknowledged.size]).toEqual([false, 2]);
  first!.resolve();
  await reader;
  expect([seen, acknowledged.size]).toEqual([true, 1]);
  third!.resolve();
  await acknowledged.over();
});
