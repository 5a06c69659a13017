/** Blockchain: wallets. Reading needs no passphrase; what signs needs an unlocked vault. */
import { z } from "zod";
import { route } from "../service/contract.ts";

const base = "/api/blockchain/wallets";
const tags = ["Wallets"];
const operator = { role: "operator" } as const;
// The console keeps no bodies of these.
const secret = { role: "operator", secret: true } as const;

const passphraseSchema = z.string().min(1).max(1_024);
const newPassphraseSchema = z
  .string()
  .min(8, "A passphrase has at least 8 characters")
  .max(1_024)
  .describe("Nobody can recover it: keep it where the mnemonics are not");
const nameSchema = z.string().trim().min(1).max(80);
const addressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "An address is 0x and 40 hexadecimal digits");
const hexSchema = z.string().regex(/^0x([0-9a-fA-F]{2})*$/, "0x and pairs of hexadecimal digits");
const pathSchema = z
  .string()
  .max(120)
  .regex(/^m(\/\d{1,10}'?){1,10}$/, "A path as BIP-32 writes it, such as m/44'/60'/0'/0/0")
  .describe("m/44'/60'/0'/0/0 and those after it when left out (BIP-44)");
const mnemonicSchema = z
  .string()
  .max(400)
  .describe("12 to 24 English words of BIP-39, with spaces between");
const extraSchema = z
  .string()
  .max(1_024)
  .optional()
  .describe("The optional extra passphrase of BIP-39; it is not kept");
const quantitySchema = z.string().regex(/^\d{1,78}$/, "A whole number in decimal");

const vaultSchema = z.object({
  state: z.enum(["missing", "locked", "unlocked"]),
  idleMs: z.int().describe("Unused for so long it locks by itself"),
  locksAt: z.number().nullable().describe("Milliseconds since the Unix epoch; null: not unlocked"),
  failures: z.int().describe("Wrong passphrases since the last right one"),
  waitMs: z.number().describe("How long no passphrase is tried"),
  persistent: z.boolean().describe("False when the vault lives in memory alone"),
});
export type VaultView = z.infer<typeof vaultSchema>;

const accountSchema = z.object({
  address: addressSchema,
  path: z.string().nullable().describe("null: not derived from a mnemonic"),
  label: z.string().nullable(),
  balance: z.string().describe("Exact decimal amount of coins"),
  balanceWei: z.string(),
  nonce: z.int(),
});
const walletSchema = z.object({
  id: z.string(),
  kind: z.enum(["hd", "key", "watch", "developer"]),
  name: z.string(),
  createdAt: z.number().nullable().describe("null: the developer accounts, which always were"),
  canSign: z.boolean().describe("Whether there are keys; false: it only watches"),
  warning: z.string().nullable().describe("What to know before coins are sent there"),
  accounts: z.array(accountSchema),
});
export type WalletView = z.infer<typeof walletSchema>;
const importedSchema = z.object({ id: z.string(), name: z.string(), address: addressSchema });
const signatureSchema = z.object({ address: addressSchema, signature: hexSchema });

const transactionFields = {
  address: addressSchema.describe("Whose key signs"),
  to: addressSchema.nullable().describe("null: the transaction creates a contract"),
  amount: z
    .string()
    .regex(/^\d{1,30}(\.\d{1,18})?$/, "Digits, with at most 18 after the point")
    .default("0")
    .describe("In whole units of the coin"),
  data: hexSchema.max(262_146).default("0x"),
  gasLimit: quantitySchema.optional().describe("Estimated when left out"),
  maxFeePerGas: quantitySchema.optional().describe("Wei"),
  maxPriorityFeePerGas: quantitySchema.optional().describe("Wei"),
  nonce: z.int().min(0).optional().describe("The next one when left out"),
};
export const walletTransactionSchema = z.strictObject(transactionFields);
export type WalletTransaction = z.output<typeof walletTransactionSchema>;

export const walletTypedDataSchema = z.strictObject({
  types: z.record(
    z.string().min(1).max(100),
    z.array(z.strictObject({ name: z.string().max(100), type: z.string().max(120) })).max(100),
  ),
  primaryType: z.string().max(100),
  domain: z.record(z.string(), z.unknown()),
  message: z.record(z.string(), z.unknown()),
});
export type WalletTypedData = z.output<typeof walletTypedDataSchema>;

const message = { address: "0x123c12f1c201836818aB99575aA9CEb15b7BCf53", message: "hello" };
const pass = { passphrase: "correct horse battery staple" };
const uuid = "3198bc9c-6672-4ab3-9995-4942343ae5b6";
const junk = "test test test test test test test test test test test junk";
const payment = { address: message.address, to: message.address, amount: "0.5" };
const note = {
  types: { Note: [{ name: "text", type: "string" }] },
  primaryType: "Note",
  domain: { name: "Example", chainId: 1_337 },
  message: { text: "hello" },
};
const empty = z.strictObject({});
const passphraseInput = z.strictObject({ passphrase: passphraseSchema });

const vaultRoutes = {
  vault: route
    .route({ method: "GET", path: `${base}/vault`, tags, summary: "Whether the vault is unlocked" })
    .input(empty)
    .output(vaultSchema),
  create: route
    .meta({ ...secret, examples: { "a passphrase": pass } })
    .route({
      method: "POST",
      path: `${base}/vault`,
      tags,
      summary: "Make the vault, under a passphrase",
    })
    .input(z.strictObject({ passphrase: newPassphraseSchema }))
    .output(vaultSchema),
  unlock: route
    .meta({ ...secret, examples: { "a passphrase": pass } })
    .route({ method: "POST", path: `${base}/vault/unlock`, tags, summary: "Unlock the vault" })
    .input(passphraseInput)
    .output(vaultSchema),
  lock: route
    .meta({ ...operator, examples: { now: {} } })
    .route({ method: "POST", path: `${base}/vault/lock`, tags, summary: "Lock the vault now" })
    .input(empty)
    .output(vaultSchema),
  settings: route
    .meta({ ...operator, examples: { "a minute": { idleMs: 60_000 } } })
    .route({
      method: "PUT",
      path: `${base}/vault/settings`,
      tags,
      summary: "After how long it locks by itself",
    })
    .input(z.strictObject({ idleMs: z.int().min(10_000).max(86_400_000) }))
    .output(vaultSchema),
  changePassphrase: route
    .meta({ ...secret, examples: { another: { ...pass, next: "another passphrase" } } })
    .route({
      method: "POST",
      path: `${base}/vault/passphrase`,
      tags,
      summary: "Change the vault's passphrase",
    })
    .input(passphraseInput.extend({ next: newPassphraseSchema }))
    .output(vaultSchema),
  forget: route
    .meta({ ...operator, examples: { everything: { confirm: "destroy all keys" } } })
    .route({
      method: "POST",
      path: `${base}/vault/forget`,
      tags,
      summary: "Destroy the vault with every key in it, also where the passphrase is lost",
    })
    .input(z.strictObject({ confirm: z.literal("destroy all keys") }))
    .output(z.object({ destroyed: z.array(z.string()).describe("Names of the wallets") })),
};

const makingRoutes = {
  generate: route
    .meta({ ...secret, examples: { "12 words": { words: 12 } } })
    .route({
      method: "POST",
      path: `${base}/mnemonics`,
      tags,
      summary: "A new mnemonic, shown this once; it is stored when two of its words are confirmed",
    })
    .input(z.strictObject({ words: z.union([z.literal(12), z.literal(24)]).default(12) }))
    .output(
      z.object({
        draft: z.string(),
        mnemonic: z.string(),
        confirm: z.array(z.int()).describe("Which words to confirm, counted from 1"),
        expiresAt: z.number(),
      }),
    ),
  confirm: route
    .meta({
      ...secret,
      examples: { "two words": { draft: uuid, name: "Savings", words: ["zoo", "wrong"] } },
    })
    .route({
      method: "POST",
      path: `${base}/mnemonics/{draft}/confirm`,
      tags,
      summary: "Store a new mnemonic as a wallet, by two of its words",
    })
    .input(
      z.strictObject({
        draft: z.uuid(),
        name: nameSchema,
        words: z.array(z.string().max(20)).length(2).describe("In the order that was asked for"),
      }),
    )
    .output(importedSchema),
  importMnemonic: route
    .meta({ ...secret, examples: { "the developers' words": { name: "Test", mnemonic: junk } } })
    .route({ method: "POST", path: `${base}/import/mnemonic`, tags, summary: "Import a mnemonic" })
    .input(
      z.strictObject({
        name: nameSchema,
        mnemonic: mnemonicSchema,
        extraPassphrase: extraSchema,
        path: pathSchema.optional(),
      }),
    )
    .output(importedSchema),
  importKey: route
    .meta({ ...secret, examples: { "a key": { name: "Test", privateKey: "11".repeat(32) } } })
    .route({ method: "POST", path: `${base}/import/key`, tags, summary: "Import a private key" })
    .input(
      z.strictObject({
        name: nameSchema,
        privateKey: z
          .string()
          .regex(/^(0x)?[0-9a-fA-F]{64}$/, "A private key is 64 hexadecimal digits"),
      }),
    )
    .output(importedSchema),
  importKeystore: route
    .meta({
      ...secret,
      examples: { "a file": { name: "File", keystore: "{}", password: "its own" } },
    })
    .route({
      method: "POST",
      path: `${base}/import/keystore`,
      tags,
      summary: "Import a keystore file of version 3, as other wallets write it",
    })
    .input(
      z.strictObject({
        name: nameSchema,
        keystore: z.string().max(16_384).describe("The file's text"),
        password: z.string().max(1_024),
      }),
    )
    .output(importedSchema),
  watch: route
    .meta({ ...operator, examples: { address: { name: "Cold wallet", address: message.address } } })
    .route({
      method: "POST",
      path: `${base}/watch`,
      tags,
      summary: "Watch an address without its key",
    })
    .input(z.strictObject({ name: nameSchema, address: addressSchema }))
    .output(importedSchema),
};

const walletId = { id: z.string().max(64) };

export const walletsContract = {
  list: route
    .route({
      method: "GET",
      path: base,
      tags,
      summary: "Wallets with their accounts and balances, also while they are locked",
    })
    .input(empty)
    .output(z.object({ vault: vaultSchema, wallets: z.array(walletSchema) })),
  ...vaultRoutes,
  ...makingRoutes,
  derive: route
    .meta({ ...operator, examples: { next: { id: uuid } } })
    .route({
      method: "POST",
      path: `${base}/{id}/accounts`,
      tags,
      summary: "The next account of a mnemonic, or the one at a path",
    })
    .input(z.strictObject({ ...walletId, path: pathSchema.optional() }))
    .output(z.object({ address: addressSchema, path: z.string() })),
  rename: route
    .meta(operator)
    .route({ method: "PATCH", path: `${base}/{id}`, tags, summary: "Rename a wallet" })
    .input(z.strictObject({ ...walletId, name: nameSchema }))
    .output(z.object({ id: z.string(), name: z.string() })),
  remove: route
    .meta({ ...secret, examples: { "a wallet": { id: uuid, ...pass } } })
    .route({
      method: "POST",
      path: `${base}/{id}/remove`,
      tags,
      summary: "Remove a wallet; its keys are destroyed here, and the answer names them",
    })
    .input(
      z.strictObject({
        ...walletId,
        passphrase: passphraseSchema.optional().describe("Not needed where it only watches"),
      }),
    )
    .output(z.object({ name: z.string(), addresses: z.array(addressSchema) })),
  signMessage: route
    .meta({ ...operator, examples: { hello: message } })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/sign-message`,
      tags,
      summary: "Sign a message (EIP-191)",
    })
    .input(
      z.strictObject({
        address: addressSchema,
        message: z.string().max(65_536).describe("Text, or bytes where encoding says hex"),
        encoding: z.enum(["utf8", "hex"]).default("utf8"),
      }),
    )
    .output(signatureSchema),
  signTypedData: route
    .meta({ ...operator, examples: { note: { address: message.address, data: note } } })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/sign-typed-data`,
      tags,
      summary: "Sign typed structured data (EIP-712)",
    })
    .input(z.strictObject({ address: addressSchema, data: walletTypedDataSchema }))
    .output(signatureSchema),
  signTransaction: route
    .meta({ ...operator, examples: { transfer: payment } })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/sign-transaction`,
      tags,
      summary: "Sign a transaction without sending it",
    })
    .input(walletTransactionSchema)
    .output(z.object({ raw: hexSchema, hash: hexSchema, nonce: z.int() })),
  send: route
    .meta({ ...operator, examples: { transfer: payment } })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/send`,
      tags,
      summary: "Sign a transaction, send it, and wait for its block",
    })
    .input(walletTransactionSchema)
    .output(
      z.object({
        hash: hexSchema,
        blockNumber: z.int().nullable().describe("null: it waits for a block yet"),
        status: z.enum(["success", "reverted"]).nullable(),
      }),
    ),
  exportKeystore: route
    .meta({
      ...secret,
      examples: { "a file": { address: message.address, ...pass, password: "its own password" } },
    })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/export/keystore`,
      tags,
      summary: "A keystore file of version 3, under a password of its own",
    })
    .input(
      z.strictObject({
        address: addressSchema,
        passphrase: passphraseSchema,
        password: newPassphraseSchema,
      }),
    )
    .output(z.object({ fileName: z.string(), keystore: z.string().describe("The file's text") })),
  exportKey: route
    .meta({ ...secret, examples: { "a key": { address: message.address, ...pass } } })
    .route({
      method: "POST",
      path: `${base}/accounts/{address}/export/key`,
      tags,
      summary: "The private key itself, by the passphrase",
    })
    .input(z.strictObject({ address: addressSchema, passphrase: passphraseSchema }))
    .output(z.object({ address: addressSchema, privateKey: hexSchema })),
  exportMnemonic: route
    .meta({ ...secret, examples: { words: { id: uuid, ...pass } } })
    .route({
      method: "POST",
      path: `${base}/{id}/export/mnemonic`,
      tags,
      summary: "The words of a wallet, by the passphrase",
    })
    .input(z.strictObject({ ...walletId, passphrase: passphraseSchema }))
    .output(
      z.object({
        mnemonic: z.string(),
        extraPassphrase: z.boolean().describe("The words alone lead to other keys"),
      }),
    ),
};
