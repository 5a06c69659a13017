/** The microservices thread: the cluster with its Kubernetes API, registry, gateway and mesh. */
import { implement } from "@orpc/server";
import { served } from "../gateway/served.ts";
import type { integrationContract } from "../integration/contract.ts";
import { boot, logUnexpected } from "../service/boot.ts";
import { guardPolicy } from "../service/http-server.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { realNodePools } from "./cluster/first-objects.ts";
import { machineInfo } from "./cluster/machine-info.ts";
import { Orchestrator } from "./cluster/orchestrator.ts";
import { ClusterStreams } from "./cluster/pod-streams.ts";
import { screensHost } from "./cluster/screens-host.ts";
import { microservicesContract } from "./contract.ts";
import { makeControllers } from "./core/controllers/all.ts";
import { clusterScreens } from "./handlers/cluster-router.ts";
import { deploymentHandlers } from "./handlers/deployments.ts";
import { gatewayHandlers } from "./handlers/gateway.ts";
import { gatewayConfigHandlers } from "./handlers/gateway-config.ts";
import { gatewayTrial } from "./handlers/gateway-trial.ts";
import { authorityFile } from "./mesh/authority-file.ts";
import { podHandlers } from "./handlers/pods.ts";
import { poolHandlers } from "./handlers/pools.ts";
import { serviceHandlers } from "./handlers/services.ts";
import { statusHandlers } from "./handlers/status.ts";
import { gatewayConfigFile } from "./protocols/gateway/config-file.ts";
import { listenForRoutes } from "./protocols/gateway/listener.ts";
import { addGatewayRoutes } from "./protocols/gateway/routes.ts";
import { controllerAdmission } from "./protocols/kubernetes/admission/controller-admission.ts";
import { createKubernetesApi } from "./protocols/kubernetes/api.ts";
import { ObjectJournal } from "./protocols/kubernetes/journal.ts";
import { writeKubeconfig } from "./protocols/kubernetes/kubeconfig.ts";

boot({
  api: served,
  async create(kit) {
    const { now, monotonicMs, log, setup } = kit;
    const { home } = setup;
    const warn = (message: string) => log.warn(message);
    const unexpected = (error: unknown, operation: string) => logUnexpected(log, error, operation);
    const journal = home === null ? null : new ObjectJournal(home, now(), unexpected);
    const machine = machineInfo(setup.version);
    const orchestrator = new Orchestrator({
      now,
      monotonicMs,
      random: Math.random,
      seed: Math.floor(Math.random() * 2 ** 32),
      revision: journal?.revision ?? 1,
      api: { host: "127.0.0.1", port: setup.ports.microservices ?? 0 },
      pools: realNodePools(machine),
      authority: home === null ? null : authorityFile(home, now, warn),
      warn,
      restore: (store) => journal?.attach(store),
      controllers: (store, events, metrics) =>
        makeControllers(store, events, metrics, controllerAdmission(store)),
      onFailure: (error) => unexpected(error, "The cluster's controllers"),
    });
    const { cluster } = orchestrator;
    const streams = new ClusterStreams(cluster.store, cluster.runtime, cluster.real);
    const kubernetes = createKubernetesApi({
      store: cluster.store,
      streams,
      metrics: () => cluster.usage.latest,
      now,
      monotonicMs,
      random: Math.random,
      onUnexpected: unexpected,
    });
    const apiPort = setup.ports.microservices;
    if (home !== null && apiPort !== null) {
      const token = setup.auth === "open" ? null : setup.token;
      writeKubeconfig({ home, server: `http://127.0.0.1:${apiPort}`, token });
    }
    const ports = new Set(Object.values(setup.ports).filter((port) => port !== null));
    const status = statusHandlers(orchestrator, now);
    const services = serviceHandlers(orchestrator, now, ports);
    const deployments = deploymentHandlers(orchestrator, now);
    const pods = podHandlers(orchestrator);
    const pools = poolHandlers(cluster.store, machine);
    const gateway = gatewayHandlers(orchestrator, { now, monotonicMs });
    const kept = home === null ? null : gatewayConfigFile(home, now, warn);
    const config = gatewayConfigHandlers(orchestrator.gateway, now, kept);
    const trial = gatewayTrial(orchestrator.gateway, { monotonicMs, token: setup.token });
    const listener = await listenForRoutes(orchestrator.gateway, setup.host, (port) =>
      guardPolicy(setup, port),
    );
    orchestrator.gateway.port = listener.port;
    orchestrator.step();
    const screens = clusterScreens(
      screensHost(orchestrator, { now, monotonicMs, apiPort, token: setup.token, streams }),
    );
    const os = implement(microservicesContract);
    return {
      router: os.router({
        status: os.status.handler(() => status.status()),
        events: os.events.handler(({ input }) => status.events(input)),
        images: os.images.handler(status.images),
        mesh: os.mesh.handler(() => gateway.mesh()),
        services: {
          list: os.services.list.handler(services.list),
          find: os.services.find.handler(({ input }) => services.find(input)),
          watch: os.services.watch.handler(({ input, signal }) => services.watch(input, signal)),
          resolve: os.services.resolve.handler(({ input }) => services.resolve(input)),
          register: os.services.register.handler(({ input }) => services.register(input)),
          heartbeat: os.services.heartbeat.handler(({ input }) => services.heartbeat(input)),
          deregister: os.services.deregister.handler(({ input }) => services.deregister(input)),
        },
        deployments: {
          list: os.deployments.list.handler(deployments.list),
          get: os.deployments.get.handler(({ input }) => deployments.get(input)),
          create: os.deployments.create.handler(({ input }) => deployments.create(input)),
          scale: os.deployments.scale.handler(({ input }) => deployments.scale(input)),
          update: os.deployments.update.handler(({ input }) => deployments.update(input)),
          restart: os.deployments.restart.handler(({ input }) => deployments.restart(input)),
          remove: os.deployments.remove.handler(({ input }) => deployments.remove(input)),
        },
        pods: {
          list: os.pods.list.handler(({ input }) => pods.list(input)),
          get: os.pods.get.handler(({ input }) => pods.get(input)),
          logs: os.pods.logs.handler(({ input }) => pods.logs(input)),
          kill: os.pods.kill.handler(({ input }) => pods.kill(input)),
        },
        pools: {
          list: os.pools.list.handler(pools.list),
          apply: os.pools.apply.handler(({ input }) => pools.apply(input)),
        },
        gateway: {
          config: os.gateway.config.handler(config.config),
          configure: os.gateway.configure.handler(({ input }) => config.configure(input)),
          history: os.gateway.history.handler(config.history),
          version: os.gateway.version.handler(({ input }) => config.version(input)),
          undo: os.gateway.undo.handler(() => config.undo()),
          ingress: os.gateway.ingress.handler(({ input }) => config.ingress(input)),
          try: os.gateway.try.handler(({ input, signal }) => trial(input, signal)),
          measures: os.gateway.measures.handler(() => config.measures()),
          routes: os.gateway.routes.handler(() => gateway.routes()),
          send: os.gateway.send.handler(({ input, signal }) => gateway.send(input, signal)),
        },
        cluster: screens.router,
      }),
      async routes(app) {
        await addGatewayRoutes(app, orchestrator.gateway);
        await kubernetes.routes(app);
      },
      ingest: sendTelemetryTo(kit.client<typeof integrationContract>("integration")),
      async close() {
        screens.close();
        await listener.close();
        kubernetes.close();
        await orchestrator.close();
        journal?.close();
      },
    };
  },
});
