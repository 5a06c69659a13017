/** Parameters of the Ethereum methods, as the execution API specification writes them. */
import { z } from "zod";

/** Members are left out in two ways. */
export function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** Hexadecimal without leading zeros; read as a bigint. */
export const quantity = z
  .string()
  .regex(/^0x(0|[1-9a-fA-F][0-9a-fA-F]{0,63})$/, "must be a hexadecimal quantity such as 0x1f")
  .transform((text) => BigInt(text));

/** What developers' tools send as a number, a decimal, or hexadecimal with leading zeros. */
export const amount = z
  .union([z.int().nonnegative(), z.string().regex(/^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/)])
  .transform((given) => BigInt(given));

/** The same, not above a bound. */
export function number(max: number) {
  return amount
    .refine((given) => given <= BigInt(max), `must be at most ${max}`)
    .transform((given) => Number(given));
}

export const bytes = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "must be 0x and pairs of hexadecimal digits")
  .transform((text) => new Uint8Array(Buffer.from(text.slice(2), "hex")));

const ofLength = (digits: number, name: string) =>
  z
    .string()
    .regex(
      new RegExp(`^0x[0-9a-fA-F]{${digits}}$`),
      `must be ${name}: 0x and ${digits} hexadecimal digits`,
    )
    .transform((text) => new Uint8Array(Buffer.from(text.slice(2), "hex")));
export const address = ofLength(40, "an address");
export const hash = ofLength(64, "a hash");

/** A storage place; wallets send it with and without leading zeros. */
export const storageKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "must be at most 32 bytes in hexadecimal")
  .transform((text) => new Uint8Array(Buffer.from(text.slice(2).padStart(64, "0"), "hex")));

export const tags = ["latest", "pending", "earliest", "safe", "finalized"] as const;

/** EIP-1898: a number, a tag, a hash, or an object that names the block. */
export const blockReference = z.union(
  [
    z.enum(tags),
    hash.transform((blockHash) => ({ blockHash })),
    quantity,
    z.strictObject({ blockHash: hash, requireCanonical: z.boolean().optional() }),
    z.strictObject({ blockNumber: quantity }),
  ],
  { error: `must be a quantity, one of ${tags.join(", ")}, or an object of EIP-1898` },
);
export type BlockReference = z.infer<typeof blockReference>;
export const optionalBlock = blockReference.nullish().transform((value) => value ?? "latest");

const accessList = z.array(z.object({ address, storageKeys: z.array(hash) })).max(10_000);
const authorization = z.object({
  chainId: quantity,
  address,
  nonce: quantity,
  yParity: quantity,
  r: quantity,
  s: quantity,
});

/** A call or transaction object; members that this chain does not need are ignored. */
export const callObject = z.object({
  from: address.optional(),
  to: address.nullish(),
  gas: quantity.optional(),
  gasPrice: quantity.optional(),
  maxFeePerGas: quantity.optional(),
  maxPriorityFeePerGas: quantity.optional(),
  value: quantity.optional(),
  nonce: quantity.optional(),
  data: bytes.optional(),
  input: bytes.optional(),
  chainId: quantity.optional(),
  type: quantity.optional(),
  accessList: accessList.nullish(),
  authorizationList: z.array(authorization).max(10_000).nullish(),
  maxFeePerBlobGas: quantity.optional(),
  blobVersionedHashes: z.array(hash).max(64).nullish(),
});
export type CallObject = z.infer<typeof callObject>;

const topic = z
  .union([hash.transform((value) => [value]), z.array(hash), z.null()])
  .transform((value) => value ?? []);

export const logFilter = z.object({
  fromBlock: blockReference.optional(),
  toBlock: blockReference.optional(),
  blockHash: hash.optional(),
  address: z.union([address.transform((value) => [value]), z.array(address)]).nullish(),
  topics: z.array(topic).max(4).nullish(),
});
export type LogQuery = z.output<typeof logFilter>;

const slotWords = z
  .record(z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be a slot of 32 bytes"), hash)
  .optional();
/** go-ethereum's third parameter of eth_call. */
export const stateOverrides = z.record(
  z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address"),
  z.object({
    balance: quantity.optional(),
    nonce: quantity.optional(),
    code: bytes.optional(),
    state: slotWords,
    stateDiff: slotWords,
    movePrecompileToAddress: address.optional(),
  }),
);
export const withdrawals = z
  .array(z.object({ index: quantity, validatorIndex: quantity, address, amount: quantity }))
  .max(1_024);
/** The fourth; both spellings of the fee recipient and the randomness are in use. */
export const blockOverrides = z
  .object({
    number: quantity.optional(),
    time: quantity.optional(),
    gasLimit: quantity.optional(),
    feeRecipient: address.optional(),
    coinbase: address.optional(),
    prevRandao: hash.optional(),
    random: hash.optional(),
    baseFeePerGas: quantity.optional(),
    baseFee: quantity.optional(),
    blobBaseFee: quantity.optional(),
    difficulty: quantity.optional(),
    beaconRoot: hash.optional(),
    parentBeaconBlockRoot: hash.optional(),
    withdrawals: withdrawals.optional(),
  })
  .transform((given) => ({
    number: given.number,
    time: given.time,
    gasLimit: given.gasLimit,
    difficulty: given.difficulty,
    blobBaseFee: given.blobBaseFee,
    withdrawals: given.withdrawals,
    feeRecipient: given.feeRecipient ?? given.coinbase,
    prevRandao: given.prevRandao ?? given.random,
    baseFeePerGas: given.baseFeePerGas ?? given.baseFee,
    beaconRoot: given.beaconRoot ?? given.parentBeaconBlockRoot,
  }));
