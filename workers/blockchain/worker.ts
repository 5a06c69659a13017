/** The blockchain thread: an EVM chain with its REST API and Ethereum JSON-RPC. */
import { getRandomValues, randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import { served } from "../gateway/served.ts";
import type { integrationContract } from "../integration/contract.ts";
import { boot, logUnexpected } from "../service/boot.ts";
import { problemFrom } from "../service/errors.ts";
import { Journals } from "../service/journals.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { blockchainContract } from "./contract.ts";
import { Contracts } from "./contracts/handlers/contracts.ts";
import { contractsRouter } from "./contracts/handlers/router.ts";
import { sendTransaction } from "./contracts/handlers/send.ts";
import { builtEntries, WorkshopThreads } from "./contracts/handlers/workshop-threads.ts";
import { openWorkshopDatabase } from "./contracts/store/workshop-database.ts";
import { WorkshopStore } from "./contracts/store/workshop-store.ts";
import type { Ledger } from "./ledger.ts";
import { loadLedger } from "./load-ledger.ts";
import { serveChainFiles } from "./protocols/chain-files/route.ts";
import { serveJsonRpc } from "./protocols/json-rpc/route.ts";
import { blockchainProblem } from "./errors.ts";
import { walletsRouter } from "./wallets/router.ts";
import type { Wallets } from "./wallets/wallets.ts";

boot({
  api: served,
  create(kit) {
    const { setup, log } = kit;
    const { home } = setup;
    const journals =
      home === null
        ? null
        : new Journals<unknown>(
            { home, fileName: "ledger-journal.db", title: "ledger's journal" },
            kit.now(),
          );
    const host = {
      monotonicMs: kit.monotonicMs,
      breathe: () => setImmediate(),
      nowSeconds: () => kit.now() / 1_000,
      after: (ms: number, act: () => void) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      newId: () => randomUUID(),
      fail(error: Error) {
        // The thread ends and is started again, and then sets aside what is damaged.
        setTimeout(() => {
          throw error;
        }, 0);
      },
    };
    const start = async (): Promise<Ledger> => {
      const openLedger = await loadLedger();
      await journals?.ready;
      return openLedger(
        {
          ...setup.ledger,
          home,
          host,
          now: kit.now,
          seed: getRandomValues(new Uint32Array(1))[0] as number,
          journal: journals === null ? null : (node) => journals.mirror(node),
          onDamage: (text) => log.warn(text),
          onProgress: (text) => log.info(text),
        },
        setup.version,
      );
    };
    // The EVM is loaded at first use, or when the platform is up: it would delay the start.
    let opening: Promise<Ledger> | undefined;
    const ledger = () =>
      (opening ??= start().catch((error: unknown) => {
        throw blockchainProblem("LEDGER_UNAVAILABLE", (error as Error).message);
      }));
    const stopWaiting = kit.platform.onUpdate(() => {
      if (kit.platform.state().readyAfterMs === null) return;
      stopWaiting();
      ledger().catch((error: unknown) =>
        log.error(`The ledger cannot be opened: ${problemFrom(error).detail}`),
      );
    });

    let wallets: Promise<Wallets> | undefined;
    const openedWallets = () =>
      (wallets ??= ledger().then(async ({ parts }) => {
        const { openWallets } = await import("./wallets/open-wallets.ts");
        const note = (text: string) => log.info(text);
        return openWallets({ parts, home, now: kit.now, after: host.after, note });
      }));

    /** Accounts of the vault sign for tools, too; without it, the ledger answers all the same. */
    let untold = true;
    const ledgerAndVault = async () => {
      await openedWallets().catch((error: unknown) => {
        if (untold) log.error(`The vault cannot be opened: ${problemFrom(error).detail}`);
        untold = false;
      });
      return ledger();
    };

    const workshopStore = new WorkshopStore(openWorkshopDatabase(setup.home, kit.now()));
    const chain = async () => (await ledger()).contractsChain;
    const threads = new WorkshopThreads(builtEntries(), workshopStore, chain);
    const contracts = new Contracts(threads, workshopStore, { now: kit.now, randomId: randomUUID });

    const os = implement(blockchainContract);
    return {
      router: os.router({
        status: os.status.handler(async () => (await ledger()).status()),
        watch: os.watch.handler(async ({ signal }) => (await ledger()).watch(signal)),
        accounts: os.accounts.handler(async ({ input }) => (await ledger()).accounts(input)),
        account: os.account.handler(async ({ input }) => (await ledger()).account(input.address)),
        blocks: os.blocks.handler(async ({ input }) => (await ledger()).explorer.blocks(input)),
        block: os.block.handler(async ({ input }) => (await ledger()).explorer.block(input)),
        transactions: os.transactions.handler(async ({ input }) =>
          (await ledger()).explorer.transactions(input),
        ),
        transaction: os.transaction.handler(async ({ input }) =>
          (await ledger()).explorer.transaction(input),
        ),
        validators: {
          status: os.validators.status.handler(async () => (await ledger()).validators()),
          watch: os.validators.watch.handler(async ({ signal }) =>
            (await ledger()).watchValidators(signal),
          ),
          crash: os.validators.crash.handler(async ({ input }) =>
            (await ledger()).disturb((group) => group.crash(input.id)),
          ),
          restart: os.validators.restart.handler(async ({ input }) =>
            (await ledger()).disturb((group) => group.restart(input.id)),
          ),
          partition: os.validators.partition.handler(async ({ input }) =>
            (await ledger()).disturb((group) => group.partition(input.groups)),
          ),
          links: os.validators.links.handler(async ({ input }) =>
            (await ledger()).disturb((group) => group.setLinks(input)),
          ),
          heal: os.validators.heal.handler(async () =>
            (await ledger()).disturb((group) => group.heal()),
          ),
        },
        mempool: {
          pending: os.mempool.pending.handler(async ({ input }) =>
            (await ledger()).mempool.pending(input),
          ),
          fees: os.mempool.fees.handler(async ({ input }) => (await ledger()).mempool.fees(input)),
          gas: os.mempool.gas.handler(async ({ input }) => (await ledger()).gas.use(input)),
          mining: os.mempool.mining.handler(async ({ input }) =>
            (await ledger()).mempool.setMining(input),
          ),
          mine: os.mempool.mine.handler(async () => (await ledger()).mempool.mine()),
        },
        wallets: walletsRouter(openedWallets),
        anchors: {
          create: os.anchors.create.handler(async ({ input }) =>
            (await ledger()).anchors.create(input),
          ),
          list: os.anchors.list.handler(async ({ input }) => (await ledger()).anchors.list(input)),
          verify: os.anchors.verify.handler(async ({ input }) =>
            (await ledger()).anchors.verify(input.hash),
          ),
        },
        tokens: {
          list: os.tokens.list.handler(async ({ input }) => (await ledger()).tokens.list(input)),
          token: os.tokens.token.handler(async ({ input }) => (await ledger()).tokens.token(input)),
          holders: os.tokens.holders.handler(async ({ input }) =>
            (await ledger()).tokens.holders(input),
          ),
          transfers: os.tokens.transfers.handler(async ({ input }) =>
            (await ledger()).tokens.transfers(input),
          ),
        },
        transfer: os.transfer.handler(async ({ input }) => (await ledger()).transfer(input)),
        ...contractsRouter(contracts),
        sendTransaction: os.sendTransaction.handler(async ({ input }) =>
          sendTransaction(await ledgerAndVault(), input, (error, method) =>
            logUnexpected(log, error, method),
          ),
        ),
      }),
      async routes(app) {
        await serveChainFiles(app, async () => (await ledger()).chain);
        await serveJsonRpc(app, ledgerAndVault, (error, method) =>
          logUnexpected(log, error, method),
        );
      },
      ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
      async close() {
        stopWaiting();
        await contracts.close();
        await wallets?.then(
          (open) => open.close(),
          () => {},
        );
        await opening?.then(
          (open) => open.stop(),
          () => {},
        );
        await journals?.close();
      },
    };
  },
});
