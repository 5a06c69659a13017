/** The analytics thread: live series, anomalies, forecasts and alerts. */
import { setImmediate } from "node:timers/promises";
import { implement } from "@orpc/server";
import { served } from "../gateway/served.ts";
import type { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { Changing } from "../service/changing.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { sessionLimits } from "./anomaly-limits.ts";
import { analyticsContract, listLengthMax } from "./contract.ts";
import { insightsFrom } from "./core/insights.ts";
import { Observer } from "./core/observer.ts";
import { analyticsProblem } from "./errors.ts";
import { MachineDevices } from "./devices/devices.ts";
import { FeedbackStore, openFeedbackDatabase } from "./feedback-store.ts";
import { createAlertActions } from "./handlers/alerts.ts";
import { forecastsRouter } from "./handlers/forecasts.ts";
import { ForecastThreads } from "./handlers/forecast-threads.ts";
import { openTables } from "./handlers/tables.ts";
import { devicesRouter } from "./handlers/devices.ts";
import { distributedTrainingRouter, openTrainingRuns } from "./handlers/distributed-training.ts";
import { createAnomalies } from "./handlers/anomalies.ts";
import { jobsRouter } from "./handlers/jobs.ts";
import { modelsRouter } from "./handlers/models.ts";
import { Predictor } from "./handlers/predict.ts";
import { createResults } from "./handlers/results.ts";
import { createStatus } from "./handlers/status.ts";
import { trainingRouter } from "./handlers/training.ts";
import { Jobs } from "./jobs/jobs.ts";
import { JobTable } from "./jobs/job-table.ts";
import { anomalyLimits } from "./limits.ts";
import { ModelServing } from "./models/model-serving.ts";
import { serveOpenInference } from "./models/open-inference/route.ts";
import { ExperimentStore } from "./training/experiment-store.ts";
import { TrainingLab } from "./training/lab.ts";

boot({
  api: served,
  create(kit) {
    const host = { now: kit.now, monotonicMs: kit.monotonicMs, breathe: () => setImmediate() };
    const observer = new Observer();
    const jobs = new Jobs(kit, new JobTable(kit.setup.home, kit.now()));
    const serving = new ModelServing(kit);
    const lab = new TrainingLab(kit, new ExperimentStore(kit.setup.home, kit.now()), jobs);
    const devices = new MachineDevices({ ...host, home: kit.setup.home }, jobs);
    const tables = openTables(kit, jobs);
    const runs = openTrainingRuns(jobs, tables.store);
    const results = createResults({ tables: tables.services, lab, runs });
    const predictor = new Predictor(host, observer);
    const forecastThreads = new ForecastThreads();
    const changes = { anomalies: new Changing(), alerts: new Changing() };
    const stop = kit.platform.onUpdate(() => {
      const changed = observer.observe(kit.platform.state());
      if (changed.anomalies) changes.anomalies.changed();
      if (changed.alerts) changes.alerts.changed();
    });
    const store = new FeedbackStore(openFeedbackDatabase(kit.setup.home, kit.now()));
    const anomalies = createAnomalies({
      host,
      observer,
      store,
      isKept: kit.setup.home !== null,
      changed: () => changes.anomalies.changed(),
    });
    const sweeping = setInterval(() => anomalies.sweep(), sessionLimits.sweepMs);
    const os = implement(analyticsContract);
    const actions = createAlertActions(host, observer.alerts, changes.alerts);
    const listAlerts = () => observer.alerts.list(kit.now());

    const router = os.router({
      forecasts: forecastsRouter(kit, observer, forecastThreads, jobs),
      ...tables.router,
      detection: anomalies.router,
      jobs: jobsRouter(jobs, kit.now),
      registry: modelsRouter(serving, { jobs, now: kit.now, tables: tables.encoder, results }),
      training: trainingRouter(lab),
      distributedTraining: distributedTrainingRouter(runs),
      devices: devicesRouter(devices),
      status: os.status.handler(createStatus(host, observer, predictor)),
      series: {
        list: os.series.list.handler(() => ({ at: kit.now(), series: observer.list() })),
        get: os.series.get.handler(({ input: { id, resolution, points } }) => {
          const series = observer.get(id);
          if (series === null)
            throw analyticsProblem("SERIES_UNKNOWN", `There is no series ${id}.`);
          return { series, resolution, points: observer.points(id, resolution, points) };
        }),
      },
      anomalies: {
        list: os.anomalies.list.handler(({ input }) => anomalies.list(input.limit, input.series)),
        watch: os.anomalies.watch.handler(({ signal }) =>
          changes.anomalies.watch(() => anomalies.list(anomalyLimits.streamedMax), signal),
        ),
      },
      models: os.models.handler(async () => ({
        models: await predictor.models(),
        at: kit.now(),
      })),
      insights: os.insights.handler(async () => ({
        insights: insightsFrom({
          models: await predictor.models(),
          anomalies: anomalies.list(listLengthMax).anomalies,
          alerts: listAlerts().active,
          events: kit.platform.events().events,
          at: kit.now(),
          cores: kit.platform.state().process.cores,
        }),
        at: kit.now(),
      })),
      predict: os.predict.handler(({ input, signal }) => predictor.predict(input, signal)),
      alerts: {
        list: os.alerts.list.handler(listAlerts),
        watch: os.alerts.watch.handler(({ signal }) => changes.alerts.watch(listAlerts, signal)),
        acknowledge: os.alerts.acknowledge.handler(({ input }) => actions.acknowledge(input)),
        silence: os.alerts.silence.handler(({ input }) => actions.silence(input)),
      },
    });
    return {
      router,
      routes: async (app) => {
        tables.routes(app);
        await serveOpenInference(app, serving, kit);
      },
      ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
      close: async () => {
        stop();
        clearInterval(sweeping);
        await anomalies.close();
        store.close();
        await lab.close();
        await devices.close();
        jobs.close();
        await serving.close();
        await forecastThreads.close();
        await tables.close();
      },
    };
  },
});
