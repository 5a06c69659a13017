/** The search that found the accounts, run again. */
import { bytesToHex, privateToAddress, toChecksumAddress } from "@ethereumjs/util";
import { expect, it } from "vitest";
import {
  anchorAccount,
  developerAccounts,
  developerKey,
  feeRecipient,
} from "./developer-accounts.ts";

const addressOf = (counter: number) =>
  toChecksumAddress(bytesToHex(privateToAddress(developerKey(counter))));

it("derives every address from its counter", () => {
  for (const { counter, address } of [...developerAccounts, feeRecipient, anchorAccount]) {
    expect(addressOf(counter)).toBe(address);
  }
});

it("takes the first numbers that give the documented abbreviations", () => {
  const firstWith = (prefix: string) => {
    for (let counter = 0; ; counter += 1) {
      if (addressOf(counter).toLowerCase().startsWith(prefix)) return counter;
    }
  };
  expect(developerAccounts[0]?.counter).toBe(firstWith("0x123"));
  expect(developerAccounts[1]?.counter).toBe(firstWith("0x456"));
});

it("lets the documented abbreviations name one account each", () => {
  for (const prefix of ["0x123", "0x456"]) {
    const named = developerAccounts.filter(({ address }) => address.startsWith(prefix));
    expect(named).toHaveLength(1);
  }
});
