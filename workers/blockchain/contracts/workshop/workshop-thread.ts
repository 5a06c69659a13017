/** The thread that traces, debugs, tests and decodes; the blockchain thread only hands out the work. */
import type { Ask } from "../../../service/job-protocol.ts";
import { serveJobs } from "../../../service/job-protocol.ts";
import type { ContractsChain } from "../contracts-chain.ts";
import type {
  WorkshopOrder,
  WorkshopOutcome,
  WorkshopProgress,
  WorkshopQuestion,
} from "./orders.ts";
import { Workshop } from "./workshop.ts";

let workshop: Workshop | undefined;

serveJobs<WorkshopOrder, WorkshopOutcome, WorkshopProgress>((order, report, ask) => {
  workshop ??= new Workshop({
    chain: askedChain(ask),
    compilation: (id) => ask(question({ kind: "compilation", id })) as Promise<string | null>,
    monotonicMs: () => performance.now(),
  });
  return workshop.perform(order, report);
});

function question(content: WorkshopQuestion): WorkshopQuestion {
  return content;
}

/** The chain is in the blockchain thread; each read is a question to it. */
function askedChain(ask: Ask): ContractsChain {
  const forward =
    <T>(method: string) =>
    (...values: unknown[]) =>
      ask(question({ kind: "chain", method, values })) as Promise<T>;
  return {
    genesis: forward("genesis"),
    block: forward("block"),
    blockHash: forward("blockHash"),
    account: forward("account"),
    code: forward("code"),
    storage: forward("storage"),
    transaction: forward("transaction"),
  };
}
