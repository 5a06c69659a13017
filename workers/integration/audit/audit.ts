/** The audit log with its roots on the ledger, which nobody can change afterwards. */
import type { AuditEntry } from "../contract-audit.ts";
import { auditPath, leafHash, treeHash } from "../core/merkle.ts";
import { problem } from "../errors.ts";
import { auditLimits } from "../limits.ts";
import { type AuditStore, leafInput, type StoredAnchor, type StoredEntry } from "./audit-store.ts";

/** What is needed of the blockchain's anchors. */
export interface AnchorPort {
  create(input: {
    hash: string;
    subsystem: string;
    label: string;
  }): Promise<{ transactionHash: string }>;
  list(input: {
    limit: number;
    before?: number;
    subsystem: string;
  }): Promise<{ anchors: { hash: string; label: string }[]; next: number | null }>;
}

const subsystem = "audit";

interface Root {
  readonly first: number;
  readonly last: number;
  readonly root: string;
}

export class Audit {
  readonly #store: AuditStore;
  readonly #ledger: AnchorPort;
  /** Lets others run between pieces of work. */
  readonly #breathe: () => Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: AuditStore, ledger: AnchorPort, breathe: () => Promise<unknown>) {
    this.#store = store;
    this.#ledger = ledger;
    this.#breathe = breathe;
  }

  list({ limit, before }: { limit: number; before?: number | undefined }) {
    const { name, trimmed, lost } = this.#store.info();
    const rows = this.#store.page(before ?? Number.MAX_SAFE_INTEGER, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      log: name,
      entries: shown.map(entryOf),
      next: rows.length > limit ? (shown.at(-1)?.sequence ?? null) : null,
      anchoredTo: this.#store.anchoredTo(),
      trimmed,
      lost,
    };
  }

  /** Anchors what came since the last time; null where nothing did. */
  anchor(): Promise<{ anchor: ReturnType<typeof anchorView> | null }> {
    const result = this.#turn.then(() => this.#anchor());
    this.#turn = result.catch(() => {});
    return result;
  }

  /** @throws AUDIT_ENTRY_UNKNOWN */
  proof(sequence: number) {
    const [row] = this.#store.between(sequence, sequence);
    const anchor = this.#store.anchorOf(sequence);
    if (row === undefined || anchor === null) {
      const why = row === undefined ? "is not kept" : "is under no root on the ledger yet";
      throw problem("AUDIT_ENTRY_UNKNOWN", `Entry ${sequence} ${why}.`);
    }
    const leaves = this.#store.between(anchor.first, anchor.last).map(({ leaf }) => leaf);
    if (leaves.length !== anchor.last - anchor.first + 1) {
      throw problem("AUDIT_ENTRY_UNKNOWN", `Entries beside ${sequence} are no longer kept.`);
    }
    const index = sequence - anchor.first;
    return {
      entry: entryOf(row),
      leafInput: leafInput(row),
      leafHash: hex(leafHash(leafInput(row))),
      path: auditPath(index, leaves).map(hex),
      index,
      size: leaves.length,
      anchor: anchorView(anchor),
    };
  }

  /** The ledger is the measure: what this database says of its anchors is not looked at. */
  async verify() {
    const { first, last } = this.#store.range();
    const roots = (await this.#roots()).filter((root) => root.first >= first);
    const leaves: Uint8Array[] = [];
    let different: { first: number; last: number; reason: string } | null = null;
    for (let from = first; from <= last; from += auditLimits.pieceEntries) {
      const to = Math.min(last, from + auditLimits.pieceEntries - 1);
      const rows = new Map(this.#store.between(from, to).map((row) => [row.sequence, row]));
      for (let sequence = from; sequence <= to; sequence += 1) {
        const row = rows.get(sequence);
        const leaf = row === undefined ? new Uint8Array(32) : leafHash(leafInput(row));
        leaves.push(leaf);
        const reason = reasonOf(row, leaf);
        if (reason !== null) different ??= { first: sequence, last: sequence, reason };
      }
      await this.#breathe();
    }
    const wrong = roots.find(
      (root) =>
        hex(treeHash(leaves.slice(root.first - first, root.last - first + 1))) !== root.root,
    );
    if (wrong !== undefined && (different === null || wrong.last < different.first)) {
      const reason = "The entries have another root than the ledger, though their own hashes fit.";
      different = { first: wrong.first, last: wrong.last, reason };
    }
    const covered = roots.reduce((most, root) => Math.max(most, root.last), first - 1);
    const unanchored = Math.max(0, last - covered);
    const counts = { entries: leaves.length, anchorsChecked: roots.length, unanchored, different };
    if (different !== null) {
      const what =
        different.first === different.last
          ? `Entry ${different.first} differs`
          : `An entry between ${different.first} and ${different.last} differs`;
      return { verdict: "tampered", text: `${what}: ${different.reason}`, ...counts } as const;
    }
    return roots.length === 0
      ? ({
          verdict: "unanchored",
          text: "No root of the kept entries is on the ledger.",
          ...counts,
        } as const)
      : ({
          verdict: "intact",
          text: `Roots on the ledger bear out every entry: ${leaves.length - unanchored} under ${roots.length}; ${unanchored} not anchored yet.`,
          ...counts,
        } as const);
  }

  async #anchor() {
    const { name } = this.#store.info();
    const range = this.#store.range();
    const first = Math.max(range.first, this.#store.anchoredTo() + 1);
    const last = Math.min(range.last, first + auditLimits.entriesPerAnchorMax - 1);
    if (last < first) return { anchor: null };
    const root = treeHash(this.#store.between(first, last).map(({ leaf }) => leaf));
    const label = `log ${name} entries ${first}-${last}`;
    const { transactionHash } = await this.#ledger.create({ hash: hex(root), subsystem, label });
    const anchor = { first, last, root, transactionHash };
    this.#store.addAnchor(anchor);
    return { anchor: anchorView(anchor) };
  }

  /** Of this log, the oldest of each range: a later one cannot take its place. */
  async #roots(): Promise<Root[]> {
    const { name } = this.#store.info();
    const { last: newest } = this.#store.range();
    const roots = new Map<string, Root>();
    let before: number | undefined;
    for (let page = 0; page < auditLimits.anchorPagesMax; page += 1) {
      const cursor = before === undefined ? {} : { before };
      const { anchors, next } = await this.#ledger.list({ limit: 100, subsystem, ...cursor });
      for (const { hash, label } of anchors) {
        const match = /^log (\S+) entries (\d{1,15})-(\d{1,15})$/.exec(label);
        const [first, last] = [Number(match?.[2]), Number(match?.[3])];
        if (match?.[1] !== name || first > last || last > newest) continue;
        roots.set(label, { first, last, root: hash });
      }
      if (next === null) break;
      before = next;
    }
    return [...roots.values()].toSorted((a, b) => a.first - b.first);
  }
}

function reasonOf(row: StoredEntry | undefined, leaf: Uint8Array): string | null {
  if (row === undefined) return "It is missing.";
  return Buffer.from(leaf).equals(row.leaf) ? null : "Its content does not fit its own hash.";
}

function entryOf({ sequence, record }: StoredEntry): AuditEntry {
  return { ...(JSON.parse(record) as Omit<AuditEntry, "sequence">), sequence };
}

function anchorView({ first, last, root, transactionHash }: StoredAnchor) {
  return { first, last, root: hex(root), transactionHash };
}

function hex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
