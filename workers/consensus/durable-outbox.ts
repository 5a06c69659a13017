/**
 * Write first, speak after: what a node promises must survive its crash. Writes of one event go out
 * together; while a sync runs, later writes gather for the next one (group commit).
 */
import type { Context, NodeId } from "../cluster/process.ts";

interface Outgoing<Message> {
  readonly to: NodeId;
  readonly message: Message;
  readonly afterSync: boolean;
}

export class DurableOutbox<Message, Stored> {
  readonly #id: NodeId;
  readonly #answerAfterSync: boolean;
  readonly #deliver: (context: Context<Message, Stored>, message: Message) => void;
  #replacement: readonly Stored[] | null = null;
  #records: Stored[] = [];
  #outbox: Outgoing<Message>[] = [];
  /** Counts writes; a sync makes durable all writes up to a version. */
  #writtenVersion = 0;
  #syncedVersion = 0;
  #syncing: { readonly sync: number; readonly version: number } | null = null;
  #waiting: { readonly version: number; readonly to: NodeId; readonly message: Message }[] = [];
  /** Hears what the node says at the moment it does, to itself too: for invariants. */
  onSaid: ((message: Message, to: NodeId) => void) | null = null;

  /**
   * `deliver` hands a node what it sends to itself, which never touches the network.
   * `answerAfterSync: false` is for lessons and tests that show what the disk is for.
   */
  constructor(
    id: NodeId,
    deliver: (context: Context<Message, Stored>, message: Message) => void,
    { answerAfterSync = true }: { answerAfterSync?: boolean } = {},
  ) {
    this.#id = id;
    this.#deliver = deliver;
    this.#answerAfterSync = answerAfterSync;
  }

  append(record: Stored): void {
    this.#records.push(record);
  }

  /** Swaps the whole journal, together with what is still to be written. */
  replace(records: readonly Stored[]): void {
    this.#replacement = records;
    this.#records = [];
  }

  /** `afterSync`: the message promises something that must be durable first. */
  send(to: NodeId, message: Message, afterSync: boolean): void {
    this.#outbox.push({ to, message, afterSync });
  }

  /** To be called at the end of each event. */
  flush(context: Context<Message, Stored>): void {
    do {
      this.#write(context);
      const messages = this.#outbox;
      this.#outbox = [];
      const mustWait = this.#answerAfterSync && this.#syncedVersion < this.#writtenVersion;
      for (const { to, message, afterSync } of messages) {
        if (afterSync && mustWait) {
          this.#waiting.push({ version: this.#writtenVersion, to, message });
        } else {
          this.#say(context, to, message);
        }
      }
    } while (this.#outbox.length > 0 || this.#records.length > 0 || this.#replacement !== null);
  }

  onSynced(context: Context<Message, Stored>, sync: number): void {
    if (this.#syncing?.sync !== sync) return;
    const { version } = this.#syncing;
    this.#syncing = null;
    this.#syncedVersion = version;
    const released = this.#waiting.filter((waiting) => waiting.version <= version);
    this.#waiting = this.#waiting.filter((waiting) => waiting.version > version);
    for (const { to, message } of released) this.#say(context, to, message);
    this.flush(context);
  }

  /**
   * What the journal holds at the start of a life, or why the node must not take part again. A torn
   * end was never promised and is dropped; damage to what was durable means lost promises.
   */
  recover(
    context: Context<Message, Stored>,
  ): { readonly records: readonly Stored[] } | { readonly halted: string } {
    const { records, durableCount } = context.storage.read();
    const firstDamaged = records.indexOf(null);
    const intact = firstDamaged < 0 ? records : records.slice(0, firstDamaged);
    if (intact.length < durableCount) {
      const halted = `${durableCount - intact.length} durable records are lost or damaged`;
      context.note(`halts: ${halted}`);
      return { halted };
    }
    const kept = intact.filter((record) => record !== null);
    if (kept.length < records.length) {
      context.note(`drops ${records.length - kept.length} torn records`);
      context.storage.replace(kept);
    }
    // What survived without a sync may still be lost: it counts only once it is known to be durable.
    if (records.length > durableCount) this.#writtenVersion += 1;
    return { records: kept };
  }

  #write(context: Context<Message, Stored>): void {
    if (this.#replacement !== null || this.#records.length > 0) {
      this.#writtenVersion += 1;
      if (this.#replacement !== null) context.storage.replace(this.#replacement);
      for (const record of this.#records) context.storage.append(record);
      this.#replacement = null;
      this.#records = [];
    }
    if (this.#syncing !== null || this.#syncedVersion === this.#writtenVersion) return;
    this.#syncing = { sync: context.storage.sync(), version: this.#writtenVersion };
  }

  #say(context: Context<Message, Stored>, to: NodeId, message: Message): void {
    this.onSaid?.(message, to);
    if (to === this.#id) this.#deliver(context, message);
    else context.send(to, message);
  }
}
