/**
 * Keystore files, version 3 of the Web3 Secret Storage Definition: AES-128-CTR under the first half
 * of a derived key, and a MAC, keccak-256 over the second half and the encrypted bytes.
 */
import { createCipheriv, createDecipheriv, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { z } from "zod";
import { kdfLimits } from "./limits.ts";
import { scryptKey, WorkRefused, type ScryptWork } from "./sealing.ts";

const derive = promisify(pbkdf2);

/** Writers differ in case, and some put 0x before; odd digits are damage. */
const bytesSchema = z
  .string()
  .max(4_096)
  .regex(/^(0x)?([0-9a-fA-F]{2})*$/)
  .transform((text) => Uint8Array.from(Buffer.from(text.replace(/^0x/, ""), "hex")));
const saltSchema = bytesSchema.refine((salt) => salt.length <= kdfLimits.saltBytesMax);
const workSchema = z.int().positive();

const common = {
  cipher: z.literal("aes-128-ctr"),
  cipherparams: z.object({ iv: bytesSchema.refine((iv) => iv.length === 16) }),
  ciphertext: bytesSchema.refine((text) => text.length === 32),
  mac: bytesSchema.refine((mac) => mac.length === 32),
};
const dklen = z.literal(32);
const cryptoSchema = z.discriminatedUnion("kdf", [
  z.object({
    ...common,
    kdf: z.literal("scrypt"),
    kdfparams: z.object({ dklen, n: workSchema, r: workSchema, p: workSchema, salt: saltSchema }),
  }),
  z.object({
    ...common,
    kdf: z.literal("pbkdf2"),
    kdfparams: z.object({
      dklen,
      c: workSchema,
      prf: z.literal("hmac-sha256"),
      salt: saltSchema,
    }),
  }),
]);
type Crypto = z.output<typeof cryptoSchema>;
const fileSchema = z.object({
  version: z.union([z.literal(3), z.literal("3")]),
  crypto: cryptoSchema,
});

export interface KeystoreFile {
  readonly version: 3;
  readonly id: string;
  /** 40 digits in lower case, without 0x, as go-ethereum writes it. */
  readonly address: string;
  readonly crypto: {
    readonly cipher: "aes-128-ctr";
    readonly cipherparams: { readonly iv: string };
    readonly ciphertext: string;
    readonly kdf: "scrypt";
    readonly kdfparams: ScryptWork & { readonly dklen: 32; readonly salt: string };
    readonly mac: string;
  };
}

export class KeystoreInvalid extends Error {
  override readonly name = "KeystoreInvalid";
  readonly isPassword: boolean;

  constructor(message: string, isPassword = false) {
    super(message);
    this.isPassword = isPassword;
  }
}

/**
 * The private key in a file; whoever asks for it overwrites it after use.
 * @param content the parsed JSON; both `crypto` and `Crypto` are in use
 * @returns 32 bytes
 * @throws KeystoreInvalid for another format, work out of bounds, or a wrong password
 */
export async function readKeystore(content: unknown, password: string): Promise<Uint8Array> {
  const crypto = parsed(content);
  const derived = await derivedKey(crypto, Buffer.from(password.normalize("NFKC")));
  try {
    const mac = keccak_256(Buffer.concat([derived.subarray(16, 32), crypto.ciphertext]));
    if (!timingSafeEqual(mac, crypto.mac)) {
      throw new KeystoreInvalid("The password is wrong, or the file is damaged.", true);
    }
    const { iv } = crypto.cipherparams;
    const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
    return Uint8Array.from(decipher.update(crypto.ciphertext));
  } finally {
    derived.fill(0);
  }
}

function parsed(content: unknown): Crypto {
  const spelled =
    typeof content === "object" && content !== null && "Crypto" in content
      ? { ...content, crypto: content.Crypto }
      : content;
  const file = fileSchema.safeParse(spelled);
  if (file.success) return file.data.crypto;
  const where = file.error.issues[0]?.path.join(".") ?? "";
  throw new KeystoreInvalid(
    `It is no keystore file of version 3${where === "" ? "" : `: ${where} is missing or not supported`}.`,
  );
}

async function derivedKey(crypto: Crypto, password: Uint8Array): Promise<Uint8Array> {
  try {
    if (crypto.kdf === "scrypt") {
      return await scryptKey(password, crypto.kdfparams.salt, crypto.kdfparams);
    }
    const { c, salt } = crypto.kdfparams;
    if (c > kdfLimits.pbkdf2RoundsMax) {
      throw new WorkRefused(`${c} rounds are more than ${kdfLimits.pbkdf2RoundsMax}.`);
    }
    return await derive(password, salt, c, 32, "sha256");
  } catch (error) {
    if (error instanceof WorkRefused) throw new KeystoreInvalid(error.message);
    throw error;
  }
}

export interface KeystoreChance {
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** 16 bytes. */
  readonly iv: Uint8Array;
  /** A UUID. */
  readonly id: string;
}

/** @param key 32 bytes  @param address of the key, with or without checksum */
export async function writeKeystore(
  key: Uint8Array,
  address: string,
  password: string,
  { salt, iv, id }: KeystoreChance,
  work: ScryptWork = { n: kdfLimits.keystoreN, r: kdfLimits.r, p: kdfLimits.p },
): Promise<KeystoreFile> {
  const derived = await scryptKey(Buffer.from(password.normalize("NFKC")), salt, work);
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv);
  const ciphertext = cipher.update(key);
  const mac = keccak_256(Buffer.concat([derived.subarray(16, 32), ciphertext]));
  derived.fill(0);
  return {
    version: 3,
    id,
    address: address.slice(2).toLowerCase(),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: hex(iv) },
      ciphertext: hex(ciphertext),
      kdf: "scrypt",
      kdfparams: { dklen: 32, n: work.n, r: work.r, p: work.p, salt: hex(salt) },
      mac: hex(mac),
    },
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
