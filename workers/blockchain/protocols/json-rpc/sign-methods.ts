/** Signatures by the developer accounts. */
import { z } from "zod";
import { developerAccounts } from "../../core/developer-accounts.ts";
import { keyOf, messageHash, signHash } from "../../handlers/signing.ts";
import { typedData, typedDataHash } from "../../handlers/typed-data.ts";
import { checksumAddress } from "../../handlers/views.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { address, bytes } from "./params.ts";

/** Some clients send it as text. */
const structured = z
  .union([z.string().max(100_000), z.record(z.string(), z.unknown())])
  .transform((given, context) => {
    try {
      const parsed = typedData.safeParse(typeof given === "string" ? JSON.parse(given) : given);
      if (parsed.success) return parsed.data;
    } catch {
      // It is no JSON.
    }
    context.addIssue({ code: "custom", message: "is not typed data of EIP-712" });
    return z.NEVER;
  });

export function signMethods({ wallet }: RpcParts): RpcMethods {
  const required = (owner: Uint8Array) => {
    const key = keyOf(checksumAddress(owner));
    if (key === null) throw new RpcError(rpcCodes.server, "unknown account");
    return key;
  };
  const signTyped = method(z.tuple([address, structured]), ([owner, data]) => {
    const key = required(owner);
    try {
      return signHash(typedDataHash(data), key);
    } catch (error) {
      throw new RpcError(rpcCodes.invalidParams, `invalid typed data: ${(error as Error).message}`);
    }
  });
  return {
    eth_accounts: method(noParams, () => [
      ...developerAccounts.map((account) => account.address.toLowerCase()),
      ...wallet.impersonated,
    ]),
    eth_requestAccounts: method(noParams, () =>
      developerAccounts.map((account) => account.address.toLowerCase()),
    ),
    eth_sign: method(z.tuple([address, bytes]), ([owner, message]) =>
      signHash(messageHash(message), required(owner)),
    ),
    personal_sign: method(z.tuple([bytes, address]), ([message, owner]) =>
      signHash(messageHash(message), required(owner)),
    ),
    eth_signTypedData: signTyped,
    eth_signTypedData_v3: signTyped,
    eth_signTypedData_v4: signTyped,
  };
}
