/**
 * Keys at rest and in use. A random data key seals every secret; the passphrase's scrypt key wraps
 * the data key, which is in memory from unlock to lock and overwritten then, as far as JavaScript
 * allows: copies that the engine made are out of reach.
 */
import { blockchainProblem } from "../errors.ts";
import { afterFailure, noAttempts, waitMs } from "./attempts.ts";
import { addressOf, keyAt } from "./derivation.ts";
import { attemptLimits, kdfLimits, lockLimits, walletLimits } from "./limits.ts";
import { scryptKey, seal, unseal, type ScryptWork } from "./sealing.ts";
import {
  contextOf,
  lend,
  phraseOf,
  type PhraseSecret,
  readPhrase,
  writePhrase,
} from "./secrets.ts";
import type { AccountRow, VaultRow, VaultStore, WalletKind, WalletRow } from "./vault-store.ts";

export interface VaultHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** From a generator fit for keys. */
  randomBytes(length: number): Uint8Array;
  newId(): string;
  /** Calls back once after a time; returns how to cancel it. */
  after(ms: number, act: () => void): () => void;
  /** Told of every change of the lock, in a sentence without secrets. */
  note(text: string): void;
}

export interface VaultStatus {
  readonly state: "missing" | "locked" | "unlocked";
  readonly idleMs: number;
  /** When it locks by itself; null while it is not unlocked. */
  readonly locksAt: number | null;
  readonly failures: number;
  /** How long no passphrase is tried. */
  readonly waitMs: number;
}

const usualWork: ScryptWork = { n: kdfLimits.vaultN, r: kdfLimits.r, p: kdfLimits.p };
const wrapContext = "vault key";

export class Vault {
  readonly #store: VaultStore;
  readonly #host: VaultHost;
  readonly #work: ScryptWork;
  #dataKey: Uint8Array | null = null;
  #locksAt: number | null = null;
  #callOffLock: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #queued = 0;
  readonly #lockListeners = new Set<() => void>();

  constructor(store: VaultStore, host: VaultHost, work: ScryptWork = usualWork) {
    this.#store = store;
    this.#host = host;
    this.#work = work;
  }

  status(): VaultStatus {
    const vault = this.#store.vault();
    const state = vault === null ? "missing" : this.#dataKey === null ? "locked" : "unlocked";
    return {
      state,
      idleMs: vault?.idleMs ?? lockLimits.idleMsDefault,
      locksAt: this.#locksAt,
      failures: vault?.attempts.failures ?? 0,
      waitMs: vault === null ? 0 : waitMs(vault.attempts, this.#host.now()),
    };
  }

  get isUnlocked(): boolean {
    return this.#dataKey !== null;
  }

  /** Hears of each lock, to forget what it holds itself. */
  onLock(listener: () => void): void {
    this.#lockListeners.add(listener);
  }

  /** A new vault, unlocked. @throws VAULT_EXISTS */
  create(passphrase: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#store.vault() !== null) {
        throw blockchainProblem("VAULT_EXISTS", "There is a vault already.");
      }
      const dataKey = this.#host.randomBytes(32);
      const createdAt = this.#host.now();
      const idleMs = lockLimits.idleMsDefault;
      await this.#wrap(dataKey, passphrase, { createdAt, idleMs });
      this.#unlockedWith(dataKey);
      this.#host.note("A vault for wallets was created.");
    });
  }

  /** @throws VAULT_MISSING, PASSPHRASE_WRONG, PASSPHRASE_LIMITED */
  async unlock(passphrase: string): Promise<void> {
    const dataKey = await this.#open(passphrase);
    this.lock();
    this.#unlockedWith(dataKey);
    this.#host.note("The vault was unlocked.");
  }

  /** Overwrites the key; harmless where it is locked. */
  lock(): void {
    this.#callOffLock?.();
    this.#callOffLock = null;
    this.#locksAt = null;
    if (this.#dataKey === null) return;
    this.#dataKey.fill(0);
    this.#dataKey = null;
    for (const listener of this.#lockListeners) listener();
    this.#host.note("The vault was locked.");
  }

  setIdleMs(idleMs: number): void {
    this.#required();
    this.#store.setIdleMs(idleMs);
    if (this.isUnlocked) this.#touch();
  }

  /** The secrets stay sealed as they are; the data key is wrapped anew. */
  async changePassphrase(passphrase: string, next: string): Promise<void> {
    await this.withPassphrase(passphrase, async (dataKey) => {
      const { createdAt, idleMs } = this.#required();
      await this.#inTurn(() => this.#wrap(dataKey, next, { createdAt, idleMs }));
    });
    this.#host.note("The vault's passphrase was changed.");
  }

  /** Destroys every key, for those who lost the passphrase, too. @returns the names of the wallets */
  forget(): Promise<string[]> {
    return this.#inTurn(async () => {
      this.#required();
      this.lock();
      const names = this.#store.wallets().map(({ name }) => name);
      this.#store.forget();
      this.#host.note("The vault was destroyed.");
      return names;
    });
  }

  /**
   * Adds a wallet with its first account.
   * @throws VAULT_LOCKED, WALLET_REFUSED
   */
  addPhrase(name: string, phrase: PhraseSecret, path: string): WalletRow {
    const key = keyAt(phrase.seed, path);
    const address = addressOf(key);
    key.fill(0);
    const secret = writePhrase(phrase);
    const added = this.#add("hd", name, address, path, secret);
    secret.fill(0);
    return added;
  }

  addKey(name: string, key: Uint8Array): WalletRow {
    return this.#add("key", name, addressOf(key), null, key);
  }

  /** Needs no passphrase, as there is nothing to keep secret, but the vault that it is kept in. */
  addWatched(name: string, address: string): WalletRow {
    this.#required();
    return this.#add("watch", name, address, null, null);
  }

  /** @throws VAULT_LOCKED, WALLET_UNKNOWN, WALLET_REFUSED, WALLET_WITHOUT_KEY */
  addAccount(
    walletId: string,
    choosePath: (accounts: readonly AccountRow[]) => string,
  ): AccountRow {
    const wallet = this.wallet(walletId);
    if (wallet.kind !== "hd") {
      throw blockchainProblem("WALLET_WITHOUT_KEY", `${wallet.name} is not made of a mnemonic.`);
    }
    const accounts = this.#store.accounts(walletId);
    if (accounts.length >= walletLimits.accountsPerWalletMax) {
      throw blockchainProblem("WALLET_REFUSED", `${wallet.name} has ${accounts.length} accounts.`);
    }
    const path = choosePath(accounts);
    const address = this.#withSecret(wallet, (secret) => {
      const key = keyAt(readPhrase(secret).seed, path);
      const found = addressOf(key);
      key.fill(0);
      return found;
    });
    this.#refuseKnown(address);
    const position = 1 + Math.max(-1, ...accounts.map((account) => account.position));
    const account = { address, wallet: walletId, path, position };
    this.#store.addAccount(account);
    return account;
  }

  /** Lends the key of an address. @throws VAULT_LOCKED, WALLET_UNKNOWN, WALLET_WITHOUT_KEY */
  withKey<T>(address: string, use: (key: Uint8Array) => T): T {
    const account = this.account(address);
    return this.#withSecret(this.wallet(account.wallet), (secret) => lend(account, secret, use));
  }

  /** The same for an export: by the passphrase, whether it is locked or not. */
  exportKey<T>(address: string, passphrase: string, use: (key: Uint8Array) => T): Promise<T> {
    const account = this.account(address);
    const wallet = this.wallet(account.wallet);
    return this.withPassphrase(passphrase, (dataKey) => {
      const secret = this.#opened(wallet, dataKey);
      try {
        return lend(account, secret, use);
      } finally {
        secret.fill(0);
      }
    });
  }

  /** @returns the words, and whether other keys follow from an extra passphrase of BIP-39 */
  exportMnemonic(
    walletId: string,
    passphrase: string,
  ): Promise<{ mnemonic: string; extraPassphrase: boolean }> {
    const wallet = this.wallet(walletId);
    if (wallet.kind !== "hd") {
      throw blockchainProblem("WALLET_WITHOUT_KEY", `${wallet.name} is not made of a mnemonic.`);
    }
    return this.withPassphrase(passphrase, (dataKey) => {
      const secret = this.#opened(wallet, dataKey);
      const exported = phraseOf(readPhrase(secret));
      secret.fill(0);
      return exported;
    });
  }

  /** @throws WALLET_UNKNOWN */
  wallet(id: string): WalletRow {
    const found = this.#store.wallet(id);
    if (found === null) throw blockchainProblem("WALLET_UNKNOWN", `There is no wallet ${id}.`);
    return found;
  }

  /** @throws WALLET_UNKNOWN */
  account(address: string): AccountRow {
    const found = this.#store.account(address);
    if (found === null) throw blockchainProblem("WALLET_UNKNOWN", `No wallet holds ${address}.`);
    return found;
  }

  /** Lends the data key to whoever knows the passphrase. */
  async withPassphrase<T>(
    passphrase: string,
    use: (dataKey: Uint8Array) => T | Promise<T>,
  ): Promise<T> {
    const dataKey = await this.#open(passphrase);
    try {
      return await use(dataKey);
    } finally {
      dataKey.fill(0);
    }
  }

  #add(
    kind: WalletKind,
    name: string,
    address: string,
    path: string | null,
    secret: Uint8Array | null,
  ): WalletRow {
    if (this.#store.wallets().length >= walletLimits.walletsMax) {
      throw blockchainProblem("WALLET_REFUSED", `There are ${walletLimits.walletsMax} wallets.`);
    }
    this.#refuseKnown(address);
    const id = this.#host.newId();
    const sealed = secret === null ? null : this.#sealed(secret, contextOf(id, kind));
    const wallet = { id, kind, name, createdAt: this.#host.now(), sealed };
    this.#store.addWallet(wallet, { address, path, position: 0 });
    return wallet;
  }

  #refuseKnown(address: string): void {
    const known = this.#store.account(address);
    if (known === null) return;
    const { name } = this.wallet(known.wallet);
    throw blockchainProblem("WALLET_REFUSED", `${address} is in the wallet ${name} already.`);
  }

  #sealed(secret: Uint8Array, about: string): Uint8Array {
    return seal(this.#unlockedKey(), this.#host.randomBytes(12), secret, about);
  }

  #withSecret<T>(wallet: WalletRow, use: (secret: Uint8Array) => T): T {
    const secret = this.#opened(wallet, this.#unlockedKey());
    try {
      return use(secret);
    } finally {
      secret.fill(0);
    }
  }

  #opened({ id, kind, name, sealed }: WalletRow, dataKey: Uint8Array): Uint8Array {
    if (sealed === null) {
      throw blockchainProblem("WALLET_WITHOUT_KEY", `${name} only watches its address.`);
    }
    const secret = unseal(dataKey, sealed, contextOf(id, kind));
    if (secret === null) throw new Error(`The secret of wallet ${id} is damaged.`);
    return secret;
  }

  #unlockedKey(): Uint8Array {
    if (this.#dataKey === null) {
      this.#required();
      throw blockchainProblem("VAULT_LOCKED", "The wallets are locked.");
    }
    this.#touch();
    return this.#dataKey;
  }

  #required(): VaultRow {
    const vault = this.#store.vault();
    if (vault === null) throw blockchainProblem("VAULT_MISSING", "There is no vault yet.");
    return vault;
  }

  /**
   * The data key by the passphrase. An attempt counts as failed before it is made, so that a crash in
   * its midst is no way around the limit, and each one costs the whole derivation.
   */
  #open(passphrase: string): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      const { salt, work, wrappedKey, attempts } = this.#required();
      const wait = waitMs(attempts, this.#host.now());
      if (wait > 0) {
        const seconds = Math.ceil(wait / 1_000);
        throw blockchainProblem(
          "PASSPHRASE_LIMITED",
          `After ${attempts.failures} wrong passphrases the next is tried in ${seconds} s.`,
        );
      }
      this.#store.setAttempts(afterFailure(attempts, this.#host.now()));
      const key = await this.#derived(passphrase, salt, work);
      const dataKey = unseal(key, wrappedKey, wrapContext);
      key.fill(0);
      if (dataKey === null) {
        throw blockchainProblem("PASSPHRASE_WRONG", "The passphrase does not open the vault.");
      }
      this.#store.setAttempts(noAttempts);
      return dataKey;
    });
  }

  async #wrap(
    dataKey: Uint8Array,
    passphrase: string,
    kept: Pick<VaultRow, "createdAt" | "idleMs">,
  ): Promise<void> {
    const salt = this.#host.randomBytes(32);
    const key = await this.#derived(passphrase, salt, this.#work);
    const wrappedKey = seal(key, this.#host.randomBytes(12), dataKey, wrapContext);
    key.fill(0);
    this.#store.setVault({ ...kept, salt, work: this.#work, wrappedKey, attempts: noAttempts });
  }

  async #derived(passphrase: string, salt: Uint8Array, work: ScryptWork): Promise<Uint8Array> {
    const bytes = Buffer.from(passphrase.normalize("NFKC"));
    try {
      return await scryptKey(bytes, salt, work);
    } finally {
      bytes.fill(0);
    }
  }

  #unlockedWith(dataKey: Uint8Array): void {
    this.#dataKey = dataKey;
    this.#touch();
  }

  /** Puts the lock off. */
  #touch(): void {
    const { idleMs } = this.#required();
    this.#callOffLock?.();
    this.#locksAt = this.#host.now() + idleMs;
    this.#callOffLock = this.#host.after(idleMs, () => this.lock());
  }

  /** One derivation after the other, so that their memory is needed once. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#queued >= attemptLimits.queuedMax) {
      throw blockchainProblem("PASSPHRASE_LIMITED", `${this.#queued} attempts wait already.`);
    }
    this.#queued += 1;
    const result = this.#turn.then(act).finally(() => {
      this.#queued -= 1;
    });
    this.#turn = result.catch(() => {});
    return result;
  }
}
