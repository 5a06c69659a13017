/** What the routes of wallets do: the vault, the developer accounts, and the chain together. */
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { WalletTransaction, WalletView } from "../contract-wallets.ts";
import { developerAccounts } from "../core/developer-accounts.ts";
import { formatCoins } from "../core/units.ts";
import { blockchainProblem } from "../errors.ts";
import { developerSigners, keySigners, SignerLocked, type Signers } from "../handlers/signers.ts";
import type { TransferParts } from "../handlers/transfer.ts";
import { checksumAddress } from "../handlers/views.ts";
import { isKey, isPath, usualPath } from "./derivation.ts";
import { Drafts } from "./drafts.ts";
import { KeystoreInvalid, readKeystore, writeKeystore } from "./keystore.ts";
import { walletLimits } from "./limits.ts";
import { entropyOf, MnemonicInvalid, seedOf } from "./mnemonic.ts";
import type { ScryptWork } from "./sealing.ts";
import { type TypedData, TypedDataInvalid } from "./typed-data.ts";
import { Vault, type VaultHost } from "./vault.ts";
import type { AccountRow, VaultStore, WalletRow } from "./vault-store.ts";
import { sendTransaction, signTransaction } from "./wallet-transactions.ts";

export const publicKeysWarning =
  "Everybody knows these keys: they follow from the program's text. Never use them on another network.";

export interface WalletsOptions {
  readonly parts: TransferParts;
  readonly store: VaultStore;
  readonly host: VaultHost;
  readonly persistent: boolean;
  /** Of the vault and of keystore files; the usual when left out. */
  readonly work?: ScryptWork;
}

type Named = { readonly name: string };

export class Wallets {
  readonly vault: Vault;
  readonly #options: WalletsOptions;
  readonly #store: VaultStore;
  readonly #drafts: Drafts;

  constructor(options: WalletsOptions) {
    const { parts, store, host, work } = options;
    this.#options = options;
    this.#store = store;
    this.vault = new Vault(store, host, work);
    this.#drafts = new Drafts(host);
    this.vault.onLock(() => this.#drafts.clear());
    const kept = keySigners(
      () => store.addressesWithKeys(),
      async (address, use) => {
        if (!this.vault.isUnlocked) throw new SignerLocked("The wallets are locked.");
        return this.vault.withKey(address, use);
      },
      () => !this.vault.isUnlocked,
    );
    // One object takes the nonces of an account, whoever asks for a signature.
    parts.wallet.join(kept);
  }

  /** For everybody who lets wallets sign: the developer's and the vault's. */
  get signers(): Signers {
    return this.#options.parts.wallet.signers;
  }

  status() {
    return { ...this.vault.status(), persistent: this.#options.persistent };
  }

  async list() {
    const developer: WalletView = {
      id: "developer",
      kind: "developer",
      name: "Developer accounts",
      createdAt: null,
      canSign: true,
      warning: publicKeysWarning,
      accounts: developerAccounts.map(({ address, label }) => this.#account(address, null, label)),
    };
    const accounts = Map.groupBy(this.#store.accounts(), ({ wallet }) => wallet);
    const wallets = [developer];
    for (const { id, kind, name, createdAt } of this.#store.wallets()) {
      const rows = accounts.get(id) ?? [];
      wallets.push({
        id,
        kind,
        name,
        createdAt,
        canSign: kind !== "watch",
        warning: null,
        accounts: rows.map(({ address, path }) => this.#account(address, path, null)),
      });
      await this.#options.parts.chain.pacer.pause();
    }
    return { vault: this.status(), wallets };
  }

  async create(passphrase: string) {
    await this.vault.create(passphrase);
    return this.status();
  }

  async unlock(passphrase: string) {
    await this.vault.unlock(passphrase);
    return this.status();
  }

  lock() {
    this.vault.lock();
    return this.status();
  }

  setIdleMs(idleMs: number) {
    this.vault.setIdleMs(idleMs);
    return this.status();
  }

  async changePassphrase(passphrase: string, next: string) {
    await this.vault.changePassphrase(passphrase, next);
    return this.status();
  }

  generate(words: 12 | 24) {
    this.#requireUnlocked();
    return this.#drafts.make(words);
  }

  async confirm({ draft, name, words }: Named & { draft: string; words: readonly string[] }) {
    this.#requireUnlocked();
    const entropy = Uint8Array.from(this.#drafts.confirmed(draft, words));
    const added = await this.#addPhrase(name, entropy, undefined, undefined);
    this.#drafts.drop(draft);
    return added;
  }

  async importMnemonic(
    input: Named & {
      mnemonic: string;
      extraPassphrase?: string | undefined;
      path?: string | undefined;
    },
  ) {
    this.#requireUnlocked();
    try {
      const entropy = entropyOf(input.mnemonic);
      return await this.#addPhrase(input.name, entropy, input.extraPassphrase, input.path);
    } catch (error) {
      if (!(error instanceof MnemonicInvalid)) throw error;
      throw blockchainProblem("MNEMONIC_INVALID", error.message);
    }
  }

  importKey({ name, privateKey }: Named & { privateKey: string }) {
    const key = Buffer.from(privateKey.replace(/^0x/, ""), "hex");
    return this.#addKey(name, key);
  }

  async importKeystore({
    name,
    keystore,
    password,
  }: Named & { keystore: string; password: string }) {
    this.#requireUnlocked();
    try {
      return this.#addKey(name, await readKeystore(parsedFile(keystore), password));
    } catch (error) {
      if (!(error instanceof KeystoreInvalid)) throw error;
      throw blockchainProblem("KEYSTORE_REFUSED", error.message);
    }
  }

  watch({ name, address }: Named & { address: string }) {
    return this.#imported(this.vault.addWatched(name, checksummed(address)));
  }

  derive(id: string, path: string | undefined) {
    if (path !== undefined) requirePath(path);
    const added = this.vault.addAccount(id, (accounts) => path ?? nextPath(accounts));
    return { address: added.address, path: added.path ?? "" };
  }

  rename(id: string, name: string) {
    this.vault.wallet(id);
    this.#store.rename(id, name);
    return { id, name };
  }

  async remove(id: string, passphrase: string | undefined) {
    const wallet = this.vault.wallet(id);
    if (wallet.kind !== "watch") {
      if (passphrase === undefined) {
        throw blockchainProblem("PASSPHRASE_WRONG", "Keys are destroyed by the passphrase alone.");
      }
      await this.vault.withPassphrase(passphrase, () => {});
    }
    const addresses = this.#store.accounts(id).map(({ address }) => address);
    this.#store.removeWallet(id);
    return { name: wallet.name, addresses };
  }

  async signMessage(input: { address: string; message: string; encoding: "utf8" | "hex" }) {
    const address = this.#holder(input.address);
    const isHex = input.encoding === "hex";
    if (isHex && !/^0x([0-9a-fA-F]{2})*$/.test(input.message)) {
      throw blockchainProblem("TYPED_DATA_INVALID", "message is not 0x with hexadecimal digits.");
    }
    const message = isHex
      ? hexToBytes(input.message as PrefixedHexString)
      : new TextEncoder().encode(input.message);
    return { address, signature: await this.signers.signMessage(address, message) };
  }

  async signTypedData(input: { address: string; data: TypedData }) {
    const address = this.#holder(input.address);
    try {
      return { address, signature: await this.signers.signTypedData(address, input.data) };
    } catch (error) {
      if (!(error instanceof TypedDataInvalid)) throw error;
      throw blockchainProblem("TYPED_DATA_INVALID", error.message);
    }
  }

  signTransaction(input: WalletTransaction) {
    const request = { ...input, address: this.#holder(input.address) };
    return signTransaction(request, this.#options.parts);
  }

  send(input: WalletTransaction) {
    const { parts, host } = this.#options;
    const request = { ...input, address: this.#holder(input.address) };
    const after = (ms: number, act: () => void) => host.after(ms, act);
    return sendTransaction(request, parts, after);
  }

  async exportKeystore(input: { address: string; passphrase: string; password: string }) {
    const { host, work } = this.#options;
    const address = checksummed(input.address);
    const key = await this.vault.exportKey(address, input.passphrase, (lent) => lent.slice());
    const chance = { salt: host.randomBytes(32), iv: host.randomBytes(16), id: host.newId() };
    const file = await writeKeystore(key, address, input.password, chance, work);
    key.fill(0);
    // As go-ethereum names them.
    const time = new Date(host.now()).toISOString().replaceAll(":", "-").replace("Z", "000000Z");
    return { fileName: `UTC--${time}--${file.address}`, keystore: JSON.stringify(file) };
  }

  async exportKey(input: { address: string; passphrase: string }) {
    const address = checksummed(input.address);
    const privateKey = await this.vault.exportKey(
      address,
      input.passphrase,
      (key) => `0x${Buffer.from(key).toString("hex")}`,
    );
    return { address, privateKey };
  }

  /** Locks, and lets the database go. */
  close(): void {
    this.vault.lock();
    this.#drafts.clear();
    this.#store.close();
  }

  async #addPhrase(
    name: string,
    entropy: Uint8Array,
    extra: string | undefined,
    path: string | undefined,
  ) {
    const first = path ?? `${usualPath}/0`;
    requirePath(first);
    const seed = await seedOf(entropy, extra);
    const extraPassphrase = extra !== undefined && extra !== "";
    try {
      return this.#imported(this.vault.addPhrase(name, { entropy, seed, extraPassphrase }, first));
    } finally {
      seed.fill(0);
      entropy.fill(0);
    }
  }

  #addKey(name: string, key: Uint8Array) {
    if (!isKey(key)) throw blockchainProblem("KEY_INVALID", "The number is no key of the curve.");
    try {
      return this.#imported(this.vault.addKey(name, key));
    } finally {
      key.fill(0);
    }
  }

  #imported({ id, name }: WalletRow) {
    const [account] = this.#store.accounts(id);
    return { id, name, address: account?.address ?? "" };
  }

  #account(address: string, path: string | null, label: string | null) {
    const held = this.#options.parts.chain.present.account(address.slice(2).toLowerCase());
    const balance = held?.balance ?? 0n;
    return {
      address,
      path,
      label,
      balance: formatCoins(balance),
      balanceWei: String(balance),
      nonce: Number(held?.nonce ?? 0n),
    };
  }

  /** @throws WALLET_UNKNOWN, VAULT_LOCKED, WALLET_WITHOUT_KEY where it cannot sign now */
  #holder(reference: string): string {
    const address = checksummed(reference);
    if (!developerSigners.addresses().includes(address)) this.vault.withKey(address, () => {});
    return address;
  }

  #requireUnlocked(): void {
    if (this.vault.isUnlocked) return;
    const isMissing = this.vault.status().state === "missing";
    throw isMissing
      ? blockchainProblem("VAULT_MISSING", "There is no vault yet.")
      : blockchainProblem("VAULT_LOCKED", "The wallets are locked.");
  }
}

function checksummed(address: string): string {
  return checksumAddress(hexToBytes(address.toLowerCase() as PrefixedHexString));
}

function requirePath(path: string): void {
  if (isPath(path)) return;
  throw blockchainProblem(
    "WALLET_REFUSED",
    `${path} is no path of BIP-32: indices end at 2^31 - 1.`,
  );
}

/** The first of the usual addresses that the wallet does not have, beside its first path. */
function nextPath(accounts: readonly AccountRow[]): string {
  const first = accounts[0]?.path ?? `${usualPath}/0`;
  const base = first.replace(/\/\d+'?$/, "");
  const suffix = first.endsWith("'") ? "'" : "";
  const taken = new Set(accounts.map(({ path }) => path));
  for (let index = 0; index <= walletLimits.accountsPerWalletMax; index += 1) {
    const path = `${base}/${index}${suffix}`;
    if (!taken.has(path)) return path;
  }
  throw blockchainProblem("WALLET_REFUSED", "The wallet is full.");
}

function parsedFile(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw blockchainProblem("KEYSTORE_REFUSED", "The file is not JSON.");
  }
}
