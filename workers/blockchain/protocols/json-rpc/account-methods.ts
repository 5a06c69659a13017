/** Accounts changed and impersonated by developers, by the names of Anvil, Hardhat and Ganache. */
import { Address, bytesToHex, concatBytes, setLengthLeft } from "@ethereumjs/util";
import { z } from "zod";
import type { Hex } from "../../engine/entry.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { under } from "./developer-methods.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { address, amount, bytes, storageKey } from "./params.ts";

export function accountMethods(parts: RpcParts): RpcMethods {
  const { chain, developer, wallet } = parts;
  const setBalance = method(z.tuple([address, amount]), async ([owner, balance]) => {
    await developer.operate([
      { type: "set balance", address: bytesToHex(owner), balance: String(balance) },
    ]);
    return true;
  });
  const setNonce = method(z.tuple([address, amount]), async ([owner, nonce]) => {
    await developer.operate([
      { type: "set nonce", address: bytesToHex(owner), nonce: String(nonce) },
    ]);
    return true;
  });
  const setCode = method(z.tuple([address, bytes]), async ([owner, code]) => {
    await developer.operate([
      { type: "set code", address: bytesToHex(owner), code: bytesToHex(code) },
    ]);
    return true;
  });
  const setStorage = method(z.tuple([address, storageKey, storageKey]), async (params) => {
    const [owner, slot, value] = params;
    await developer.operate([
      {
        type: "set storage",
        address: bytesToHex(owner),
        slot: bytesToHex(slot),
        value: bytesToHex(value),
      },
    ]);
    return true;
  });
  return {
    ...under("anvil hardhat", "setBalance", setBalance),
    ...under("evm", "setAccountBalance", setBalance),
    ...under(
      "anvil hardhat",
      "addBalance",
      method(z.tuple([address, amount]), async ([owner, added]) => {
        const before = chain.present.account(bytesToHex(owner).slice(2))?.balance ?? 0n;
        const balance = String(before + added);
        await developer.operate([{ type: "set balance", address: bytesToHex(owner), balance }]);
        return null;
      }),
    ),
    ...under("anvil hardhat", "setNonce", setNonce),
    ...under("evm", "setAccountNonce", setNonce),
    ...under("anvil hardhat", "setCode", setCode),
    ...under("evm", "setAccountCode", setCode),
    ...under("anvil hardhat", "setStorageAt", setStorage),
    ...under("evm", "setAccountStorageAt", setStorage),
    ...under(
      "anvil hardhat",
      "impersonateAccount",
      method(z.tuple([address]), ([owner]) => {
        if (wallet.impersonated.size >= impersonatedMax) wallet.impersonated.clear();
        wallet.impersonated.add(bytesToHex(owner));
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "stopImpersonatingAccount",
      method(z.tuple([address]), ([owner]) => {
        wallet.impersonated.delete(bytesToHex(owner));
        return null;
      }),
    ),
    ...under(
      "anvil hardhat",
      "autoImpersonateAccount",
      method(z.tuple([z.boolean()]), ([isOn]) => {
        wallet.impersonatesAll = isOn;
        return null;
      }),
    ),
    ...tokenMethods(parts),
  };
}

const impersonatedMax = 10_000;

/** balanceOf(address) and allowance(address,address) of ERC-20. */
const selectors = { balanceOf: "70a08231", allowance: "dd62ed3e" };
const probe = setLengthLeft(Buffer.from("d15ea5e0ddba11", "hex"), 32);

function tokenMethods({ chain, store, developer, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  /** Finds the slot that a view reads its answer from, by changing one after the other. */
  const write = async (token: Uint8Array, data: Uint8Array, value: bigint) => {
    const row = blocks.head;
    const message = { from: new Uint8Array(20), to: token, value: 0n, data };
    const place = simulator.placeOf(row);
    const { accessList } = await simulator.run("accessListOf", place, message, null);
    for (const { address: owner, storageKeys } of accessList) {
      for (const slot of storageKeys) {
        const overrides = { state: { [owner]: { stateDiff: { [slot]: probe } } } };
        const answer = await simulator.call(message, row, overrides).catch(() => null);
        if (answer === null || bytesToHex(answer) !== bytesToHex(probe)) continue;
        await developer.operate([
          {
            type: "set storage",
            address: owner as Hex,
            slot: slot as Hex,
            value: `0x${value.toString(16).padStart(64, "0")}`,
          },
        ]);
        return null;
      }
    }
    throw new RpcError(
      rpcCodes.server,
      `no slot of ${new Address(token).toString()} holds what the token answers`,
    );
  };
  const callData = (selector: string, ...words: Uint8Array[]) =>
    concatBytes(Buffer.from(selector, "hex"), ...words.map((each) => setLengthLeft(each, 32)));
  const setBalance = method(z.tuple([address, address, amount]), ([owner, token, value]) =>
    write(token, callData(selectors.balanceOf, owner), value),
  );
  return {
    ...under("anvil", "setERC20Balance", setBalance),
    ...under("anvil", "dealERC20", setBalance),
    ...under(
      "anvil",
      "setERC20Allowance",
      method(z.tuple([address, address, address, amount]), ([owner, spender, token, value]) =>
        write(token, callData(selectors.allowance, owner, spender), value),
      ),
    ),
  };
}
