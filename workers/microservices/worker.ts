/** The microservices thread: registry, orchestration, pods, gateway and mesh. */
import { implement } from "@orpc/server";
import { api } from "../gateway/contract.ts";
import { integrationContract } from "../integration/contract.ts";
import { boot } from "../service/boot.ts";
import { sendTelemetryTo } from "../service/telemetry/send.ts";
import { microservicesContract } from "./contract.ts";
import { absentCluster } from "./handlers/absent-cluster.ts";
import { clusterScreens } from "./handlers/cluster-router.ts";
import { deploymentHandlers } from "./handlers/deployments.ts";
import { gatewayHandlers } from "./handlers/gateway.ts";
import { podHandlers } from "./handlers/pods.ts";
import { serviceHandlers } from "./handlers/services.ts";
import { statusHandlers } from "./handlers/status.ts";
import { Orchestrator } from "./pods/orchestrator.ts";
import { addGatewayRoutes } from "./protocols/gateway/routes.ts";

boot({
  api,
  create(kit) {
    const { now, monotonicMs } = kit;
    const orchestrator = new Orchestrator({ now, monotonicMs, random: Math.random });
    const ports = new Set(Object.values(kit.setup.ports).filter((port) => port !== null));
    const status = statusHandlers(orchestrator, now);
    const services = serviceHandlers(orchestrator, now, ports);
    const deployments = deploymentHandlers(orchestrator, now);
    const pods = podHandlers(orchestrator, now);
    const gateway = gatewayHandlers(orchestrator, { now, monotonicMs });
    const screens = clusterScreens(absentCluster({ now, monotonicMs, random: Math.random }));
    const os = implement(microservicesContract);
    return {
      router: os.router({
        status: os.status.handler(() => status.status()),
        events: os.events.handler(({ input }) => status.events(input)),
        images: os.images.handler(status.images),
        mesh: os.mesh.handler(() => gateway.mesh()),
        services: {
          list: os.services.list.handler(services.list),
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
        gateway: {
          routes: os.gateway.routes.handler(() => gateway.routes()),
          send: os.gateway.send.handler(({ input, signal }) => gateway.send(input, signal)),
        },
        cluster: screens.router,
      }),
      routes: (app) => addGatewayRoutes(app, orchestrator.gateway),
      ingest: sendTelemetryTo(kit.client("integration", integrationContract)),
      close: () => {
        screens.close();
        return orchestrator.close();
      },
    };
  },
});
