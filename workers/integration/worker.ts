/** The integration thread: coordination, and the store of traces and logs. */
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import type { analyticsContract } from "../analytics/contract.ts";
import type { blockchainContract } from "../blockchain/contract.ts";
import { served } from "../gateway/served.ts";
import type { quantumContract } from "../quantum/contract.ts";
import { boot } from "../service/boot.ts";
import { httpLimits } from "../service/limits.ts";
import { Audit } from "./audit/audit.ts";
import { AuditStore, openAuditDatabase } from "./audit/audit-store.ts";
import { integrationContract } from "./contract.ts";
import { platformDataFlows } from "./core/data-flows.ts";
import { openJournals, startConsensusGroup } from "./handlers/consensus-group.ts";
import { consensusPort } from "./handlers/consensus-port.ts";
import { consensusRouter } from "./handlers/consensus.ts";
import { currentTraceId, Distributed } from "./handlers/distributed.ts";
import { flowPorts } from "./handlers/flow-ports.ts";
import { LogWatch } from "./handlers/log-watch.ts";
import { ComponentProbe, createStatus } from "./handlers/status.ts";
import { auditLimits } from "./limits.ts";
import { openTelemetryDatabase } from "./telemetry-database.ts";
import { listLogs, listTraces, traceSpans } from "./telemetry-queries.ts";
import { TelemetryStore } from "./telemetry-store.ts";

boot({
  api: served,
  async create(kit) {
    const { home } = kit.setup;
    const journals = home === null ? null : openJournals(home, kit.now());
    const store = new TelemetryStore(openTelemetryDatabase(kit.setup.home, kit.now()));
    const probe = new ComponentProbe(kit);
    const status = createStatus(kit, probe, store);
    const logWatch = new LogWatch(store.database);
    await journals?.ready;
    const group = startConsensusGroup(kit, journals);
    const consensus = consensusPort(group);
    const flows = platformDataFlows(flowPorts(kit, store.database, consensus));
    const distributed = new Distributed(kit, consensus, flows);
    const quantum = kit.client<typeof quantumContract>("quantum");
    const analytics = kit.client<typeof analyticsContract>("analytics");
    const blockchain = kit.client<typeof blockchainContract>("blockchain");
    const auditStore = new AuditStore(
      openAuditDatabase(home, kit.now()),
      randomBytes(4).toString("hex"),
    );
    const patient = { context: { timeoutMs: auditLimits.anchorTimeoutMs } };
    const audit = new Audit(
      auditStore,
      {
        create: (input) => blockchain.anchors.create(input, patient),
        list: (input) => blockchain.anchors.list(input, patient),
      },
      () => setImmediate(),
    );
    // Without the ledger the next interval tries again.
    const anchoring = setInterval(
      () => void audit.anchor().catch(() => {}),
      auditLimits.anchorIntervalMs,
    );
    const forwarded = (signal: AbortSignal | undefined) => ({
      context: { timeoutMs: httpLimits.handlerTimeoutMs },
      ...(signal && { signal }),
    });
    const keep = (...records: Parameters<TelemetryStore["add"]>) => {
      store.add(...records);
      logWatch.wake();
    };
    kit.platform.onUpdate((events) => {
      store.addLifecycle(kit.setup.instanceId, events);
      if (events.length > 0) logWatch.wake();
    });

    const os = implement(integrationContract);
    const router = os.router({
      status: os.status.handler(status),
      quantumSearch: os.quantumSearch.handler(async ({ input, signal }) => ({
        ...(await quantum.search(input, forwarded(signal))),
        traceId: currentTraceId(),
      })),
      aiPrediction: os.aiPrediction.handler(async ({ input, signal }) => ({
        ...(await analytics.predict(input, forwarded(signal))),
        traceId: currentTraceId(),
      })),
      blockchainTransaction: os.blockchainTransaction.handler(async ({ input, signal }) => ({
        ...(await blockchain.transfer(input, forwarded(signal))),
        traceId: currentTraceId(),
      })),
      process: os.process.handler(({ input, signal }) => distributed.process(input, signal)),
      tests: {
        list: os.tests.list.handler(({ input }) => distributed.list(input.limit)),
        get: os.tests.get.handler(({ input }) => distributed.get(input.id)),
        watch: os.tests.watch.handler(({ signal }) => distributed.watch(signal)),
      },
      flows: {
        list: os.flows.list.handler(() => ({ flows: distributed.flows() })),
        run: os.flows.run.handler(({ input }) => distributed.runFlow(input.name)),
      },
      traces: {
        list: os.traces.list.handler(({ input }) => listTraces(store.database, input)),
        get: os.traces.get.handler(({ input }) => ({
          traceId: input.traceId,
          spans: traceSpans(store.database, input.traceId),
        })),
      },
      consensus: consensusRouter(group),
      audit: {
        list: os.audit.list.handler(({ input }) => audit.list(input)),
        proof: os.audit.proof.handler(({ input }) => audit.proof(input.sequence)),
        verify: os.audit.verify.handler(() => audit.verify()),
        anchor: os.audit.anchor.handler(() => audit.anchor()),
      },
      logs: os.logs.handler(({ input }) => listLogs(store.database, input)),
      logsWatch: os.logsWatch.handler(({ input, signal }) => logWatch.watch(input, signal)),
      ingest: os.ingest.handler(({ input }) => {
        keep(input.spans, input.logs, input.dropped);
        auditStore.add(input.actions ?? [], input.actionsDropped ?? 0);
        return { stored: input.spans.length + input.logs.length };
      }),
    });
    return {
      router,
      ingest: ({ spans, logs, dropped, actions = [], actionsDropped = 0 }) => {
        keep(spans, logs, dropped);
        auditStore.add(actions, actionsDropped);
        return Promise.resolve();
      },
      async close() {
        group.stop();
        probe.close();
        clearInterval(anchoring);
        auditStore.close();
        store.close();
        await journals?.close();
      },
    };
  },
});
