/** Opens what is on disk, makes all copies of the chain agree, and lets the validators begin. */
import type { DiskMirror } from "../../cluster/disk.ts";
import { Pacer } from "../core/pacer.ts";
import type { Genesis } from "../engine/genesis.ts";
import { StateDamaged } from "../engine/failures.ts";
import { Replica } from "../engine/replica.ts";
import { chainLimits } from "../limits.ts";
import { openLedgerDatabase } from "../store/ledger-database.ts";
import { LedgerStore } from "../store/ledger-store.ts";
import { setAside } from "../../service/database.ts";
import { StartError } from "../../service/thread-failure.ts";
import type { ConsensusName } from "../validators/consensus.ts";
import { ValidatorGroup } from "../validators/group.ts";
import type { LedgerPlace } from "../validators/ledger.ts";
import { Chain } from "./chain.ts";
import type { ChainHost } from "./chain-parts.ts";
import { DecodedTransactions } from "./decoded.ts";
import { PoolJournal } from "./pool-journal.ts";
import { RemoteLedgers } from "./remote-ledgers.ts";

export interface NodeOptions {
  readonly genesis: Genesis;
  /** Absolute path of the file that it is from; null: the developer's. */
  readonly genesisFile: string | null;
  readonly consensus: ConsensusName;
  readonly validators: number;
  /** null: everything is gone with the process. */
  readonly home: string | null;
  readonly host: ChainHost;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Decides every draw of chance of the validators. */
  readonly seed: number;
  /** Journals of the validators from 1 on, of their history (0) and of the pool (-1). */
  readonly journal: ((node: number) => DiskMirror<unknown>) | null;
  /** Told what was found damaged and what comes of it, in a sentence. */
  readonly onDamage: (text: string) => void;
}

export interface OpenedNode {
  readonly chain: Chain;
  readonly stop: () => Promise<void>;
}

/** A run of one consensus group; another algorithm or another number of validators begins a new one. */
interface History {
  readonly name: string;
  /** The sequence that it begins after. */
  readonly base: number;
}

const journals = { pool: -1, history: 0 } as const;
const archiveName = "archive";
const entriesAtOnce = 64;

/**
 * @throws StartError when a file cannot be used
 * @throws RangeError when the algorithm cannot work with so many validators
 */
export async function openNode(options: NodeOptions): Promise<OpenedNode> {
  const { genesis, host, home, journal } = options;
  const pacer = new Pacer(host, chainLimits.sliceMs);
  const decoded = new DecodedTransactions();
  const nowMs = options.now();
  const ledgers = new RemoteLedgers({ home, nowMs, genesis: options.genesisFile }, (text) =>
    options.onDamage(text),
  );
  const ids = Array.from({ length: options.validators }, (_, place) => place + 1);
  const places = new Map<number, LedgerPlace>();
  for (const id of ids) places.set(id, await ledgers.open(id));
  const { archive, store } = await openArchive(options, pacer);
  await level(archive, ledgers, places);

  const base = await beginHistory(options, ids, archive.sequence);
  const validators = new ValidatorGroup({
    consensus: options.consensus,
    validators: options.validators,
    seed: options.seed,
    clock: { monotonicMs: () => host.monotonicMs(), wake: (ms, run) => host.after(ms, run) },
    now: options.now,
    base,
    ledgers,
    ...(journal !== null && { mirror: journal }),
  });
  const poolJournal = new PoolJournal(journal?.(journals.pool) ?? null);
  const chain = new Chain({
    genesis,
    store,
    host,
    pacer,
    decoded,
    journal: poolJournal,
    validators,
    archive,
  });
  await chain.start(poolJournal);
  return {
    chain,
    async stop() {
      await chain.stop();
      await ledgers.close();
      store.close();
    },
  };
}

/** A damaged archive is set aside: all that is in it can be worked out again. */
async function openArchive(
  { genesis, home, now, onDamage }: NodeOptions,
  pacer: Pacer,
): Promise<{ readonly archive: Replica; readonly store: LedgerStore }> {
  const open = () => new LedgerStore(openLedgerDatabase(archiveName, "archive", home, now()));
  let store: LedgerStore;
  try {
    store = open();
  } catch (error) {
    if (!(error instanceof StartError) || error.code !== "DATABASE_DAMAGED") throw error;
    onDamage(`${error.message} The validators fill a new one.`);
    store = open();
  }
  try {
    return { archive: await Replica.open(store, genesis, pacer), store };
  } catch (error) {
    if (!(error instanceof StateDamaged) || home === null) throw error;
    store.close();
    const aside = setAside(home, `${archiveName}.db`, now());
    onDamage(`${error.message} It was moved to ${aside}; the validators fill a new one.`);
    store = open();
    return { archive: await Replica.open(store, genesis, pacer), store };
  }
}

/** Brings the archive as far as any validator is, and one validator as far as the archive. */
async function level(
  archive: Replica,
  ledgers: RemoteLedgers,
  places: ReadonlyMap<number, LedgerPlace>,
): Promise<void> {
  let foremost = { id: 0, sequence: -1 };
  for (const [id, { sequence }] of places) {
    if (sequence > foremost.sequence) foremost = { id, sequence };
  }
  while (archive.sequence < foremost.sequence) {
    const missing = await ledgers.entriesAfter(foremost.id, archive.sequence, entriesAtOnce);
    for (const { sequence, entry } of missing) await archive.apply(sequence, entry);
  }
  for (let at = foremost.sequence; at < archive.sequence;) {
    const missing = archive.applied(at + 1, entriesAtOnce);
    const validators = [foremost.id];
    const results = await ledgers.apply(
      missing.map(({ sequence, entry }) => ({ sequence, text: JSON.stringify(entry), validators })),
    );
    const failure = results.find((result) => result.failure !== null)?.failure;
    if (failure !== undefined && failure !== null) throw new Error(failure.message);
    at = missing.at(-1)?.sequence ?? archive.sequence;
  }
}

/** @returns the sequence that the consensus group's own numbers count from */
async function beginHistory(
  { consensus, validators, journal }: NodeOptions,
  ids: readonly number[],
  sequence: number,
): Promise<number> {
  if (journal === null) return sequence;
  const name = `${consensus} of ${validators}`;
  const disk = journal(journals.history);
  const known = disk.records.at(-1) as History | undefined;
  if (known?.name === name) return known.base;
  // First the old journals go: a history must never begin with entries of another one.
  for (const id of ids) await written(journal(id), []);
  await written(disk, [{ name, base: sequence } satisfies History]);
  return sequence;
}

function written(disk: DiskMirror<unknown>, records: readonly unknown[]): Promise<void> {
  return new Promise((resolve, reject) => {
    disk.write([{ kind: "replace", records }], (failure) => {
      if (failure === undefined) resolve();
      else reject(failure);
    });
  });
}
