/** Every controller of the cluster but those of its nodes. */
import type { ObjectStore } from "../store/object-store.ts";
import type { Controller } from "./controller.ts";
import { AutoscalerController } from "./autoscaler/autoscaler-controller.ts";
import type { PodMetrics } from "./autoscaler/replica-count.ts";
import { CronJobController } from "./cron-job/cron-job-controller.ts";
import { DaemonSetController } from "./daemon-set/daemon-set-controller.ts";
import { DeploymentController } from "./deployment/deployment-controller.ts";
import { DisruptionController } from "./disruption/disruption-controller.ts";
import { EndpointController } from "./endpoints/endpoint-controller.ts";
import { EventExpiry } from "./event-expiry.ts";
import type { EventRecorder } from "./event-recorder.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { JobController } from "./job/job-controller.ts";
import { JobExpiry } from "./job/job-expiry.ts";
import { NamespaceController } from "./namespace-controller.ts";
import { type Admit, PodControl } from "./pod-control.ts";
import { PodGarbage } from "./pod-garbage.ts";
import { QuotaController } from "./quota/quota-controller.ts";
import { ReplicaSetController } from "./replica-set/replica-set-controller.ts";
import { StatefulSetController } from "./stateful-set/stateful-set-controller.ts";

/** @param admit what the API does to an object on its way in */
export function makeControllers(
  store: ObjectStore,
  events: EventRecorder,
  metrics: PodMetrics,
  admit: Admit = (object) => object,
): Controller[] {
  const pods = (component: string) => new PodControl(store, events.as(component), admit);
  return [
    new NamespaceController(store),
    new DeploymentController(store, events),
    new ReplicaSetController(store, pods("replicaset-controller")),
    new StatefulSetController(store, events, admit),
    new DaemonSetController(store, events, pods("daemonset-controller")),
    new JobController(store, events, pods("job-controller")),
    new JobExpiry(store),
    new CronJobController(store, events),
    new EndpointController(store),
    new AutoscalerController(store, events, metrics),
    new DisruptionController(store),
    new QuotaController(store),
    new GarbageCollector(store),
    new PodGarbage(store),
    new EventExpiry(events),
  ];
}
