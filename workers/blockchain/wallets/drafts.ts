/** New mnemonics between being shown and being confirmed; they are in memory alone. */
import { blockchainProblem } from "../errors.ts";
import { walletLimits } from "./limits.ts";
import { mnemonicOf } from "./mnemonic.ts";
import type { VaultHost } from "./vault.ts";

interface Draft {
  readonly entropy: Uint8Array;
  /** Counted from 1. */
  readonly confirm: readonly number[];
  readonly expiresAt: number;
}

export class Drafts {
  readonly #host: VaultHost;
  readonly #drafts = new Map<string, Draft>();

  constructor(host: VaultHost) {
    this.#host = host;
  }

  make(words: 12 | 24) {
    this.#drop((draft) => draft.expiresAt <= this.#host.now());
    if (this.#drafts.size >= walletLimits.draftsMax) {
      const [oldest] = this.#drafts.values();
      this.#drop((draft) => draft === oldest);
    }
    const entropy = this.#host.randomBytes(words === 12 ? 16 : 32);
    const confirm = this.#places(words);
    const expiresAt = this.#host.now() + walletLimits.draftAgeMsMax;
    const id = this.#host.newId();
    this.#drafts.set(id, { entropy, confirm, expiresAt });
    return { draft: id, mnemonic: mnemonicOf(entropy), confirm: [...confirm], expiresAt };
  }

  /**
   * The entropy of a draft whose words are right; it is forgotten by `drop`.
   * @throws MNEMONIC_UNCONFIRMED
   */
  confirmed(id: string, words: readonly string[]): Uint8Array {
    const draft = this.#drafts.get(id);
    if (draft === undefined || draft.expiresAt <= this.#host.now()) {
      throw blockchainProblem("MNEMONIC_UNCONFIRMED", "The mnemonic is too old, or not known.");
    }
    const all = mnemonicOf(draft.entropy).split(" ");
    const wrong = draft.confirm.filter(
      (place, index) => all[place - 1] !== words[index]?.trim().toLowerCase(),
    );
    if (wrong.length === 0) return draft.entropy;
    throw blockchainProblem(
      "MNEMONIC_UNCONFIRMED",
      `Word ${wrong.join(" and word ")} of the mnemonic is another one.`,
    );
  }

  drop(id: string): void {
    const dropped = this.#drafts.get(id);
    this.#drop((draft) => draft === dropped);
  }

  clear(): void {
    this.#drop(() => true);
  }

  #drop(which: (draft: Draft) => boolean): void {
    for (const [id, draft] of this.#drafts) {
      if (!which(draft)) continue;
      draft.entropy.fill(0);
      this.#drafts.delete(id);
    }
  }

  /** Different places in rising order. */
  #places(words: number): number[] {
    const places = new Set<number>();
    while (places.size < walletLimits.wordsConfirmed) {
      const [byte = 0] = this.#host.randomBytes(1);
      places.add(1 + (byte % words));
    }
    return [...places].toSorted((a, b) => a - b);
  }
}
