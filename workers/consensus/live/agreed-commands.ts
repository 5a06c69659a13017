/**
 * The state that a live group replicates: how many commands were carried out, and a hash over all of
 * them in their order. Nodes that have applied equally much must show the same hash.
 */
import { createHash } from "node:crypto";
import type { Place, StateMachine } from "../service/state-machine.ts";

/** Hexadecimal digits of the hash that are kept. */
const fingerprintLength = 16;

export class AgreedCommands implements StateMachine {
  #applied = 0;
  #fingerprint = "";

  get applied(): number {
    return this.#applied;
  }

  get fingerprint(): string {
    return this.#fingerprint;
  }

  /** The result tells where the command took effect, also to whoever sends it again. */
  apply(command: string, { index, term }: Place): string {
    this.#applied += 1;
    const hash = createHash("sha256").update(this.#fingerprint).update(command);
    this.#fingerprint = hash.digest("hex").slice(0, fingerprintLength);
    return JSON.stringify({ index, term });
  }

  query(): string {
    return JSON.stringify({ applied: this.#applied, fingerprint: this.#fingerprint });
  }

  snapshot(): string {
    return JSON.stringify([this.#applied, this.#fingerprint]);
  }

  restore(snapshot: string): void {
    const [applied, fingerprint] = JSON.parse(snapshot) as [number, string];
    this.#applied = applied;
    this.#fingerprint = fingerprint;
  }
}
