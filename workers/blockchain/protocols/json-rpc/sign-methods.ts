/** Signatures by the developer accounts, and by those of the vault while it is unlocked. */
import { z } from "zod";
import { checksumAddress } from "../../handlers/views.ts";
import { walletLimits } from "../../wallets/limits.ts";
import { TypedDataInvalid } from "../../wallets/typed-data.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { address, bytes } from "./params.ts";

const typedData = z.object({
  types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
  primaryType: z.string(),
  domain: z.record(z.string(), z.unknown()),
  message: z.record(z.string(), z.unknown()),
});

/** Some clients send it as text. */
const structured = z
  .union([z.string().max(walletLimits.typedDataBytesMax), z.record(z.string(), z.unknown())])
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

/** Of `personal_sign` and `eth_sign`. */
const message = bytes.refine((given) => given.length <= walletLimits.messageBytesMax, {
  message: `has more than ${walletLimits.messageBytesMax} bytes`,
});

/** Some clients send a password besides; accounts are unlocked elsewhere. */
const personalParams = z.tuple([message, address, z.string().max(1_024).nullish()]);

export function signMethods({ wallet }: RpcParts): RpcMethods {
  const accounts = () => wallet.signers.unlocked().map((each) => each.toLowerCase());
  const sign = (owner: Uint8Array, text: Uint8Array) =>
    wallet.signers.signMessage(checksumAddress(owner), text);
  const signTyped = method(z.tuple([address, structured]), async ([owner, data]) => {
    try {
      return await wallet.signers.signTypedData(checksumAddress(owner), data);
    } catch (error) {
      if (!(error instanceof TypedDataInvalid)) throw error;
      throw new RpcError(rpcCodes.invalidParams, `invalid typed data: ${error.message}`);
    }
  });
  return {
    eth_accounts: method(noParams, () => [...accounts(), ...wallet.impersonated]),
    eth_requestAccounts: method(noParams, accounts),
    eth_sign: method(z.tuple([address, message]), ([owner, text]) => sign(owner, text)),
    personal_sign: method(personalParams, ([text, owner]) => sign(owner, text)),
    eth_signTypedData: signTyped,
    eth_signTypedData_v3: signTyped,
    eth_signTypedData_v4: signTyped,
  };
}
