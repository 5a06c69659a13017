/** Deployments of the namespace default: create, scale, update, restart, delete. */
import type { Orchestrator } from "../cluster/orchestrator.ts";
import { setDefaults } from "../core/machinery/defaults.ts";
import type { JsonObject } from "../core/machinery/json.ts";
import { type ObjectOf, timeText } from "../core/store/objects.ts";
import { viewDeployment } from "../cluster/views.ts";
import { problem } from "../errors.ts";
import { clusterLimits } from "../limits.ts";
import { containerOf, type DeploymentRequest, type Environment, manifestsOf } from "./manifests.ts";

type Deployment = ObjectOf<"deployments.apps">;
type Template = NonNullable<Deployment["spec"]>["template"];

const resource = "deployments.apps";
const namespace = "default";

export function deploymentHandlers(orchestrator: Orchestrator, now: () => number) {
  const { store } = orchestrator.cluster;
  const find = (name: string): Deployment => {
    const deployment = store.get(resource, namespace, name);
    if (deployment !== undefined) return deployment;
    throw problem("DEPLOYMENT_UNKNOWN", `There is no deployment named ${name}.`);
  };
  const all = () => [...store.inNamespace(resource, namespace)];
  const change = (deployment: Deployment, spec: Partial<NonNullable<Deployment["spec"]>>) => {
    const changed = { ...deployment, spec: { ...deployment.spec!, ...spec } };
    setDefaults(changed as unknown as JsonObject);
    return viewDeployment(store, store.update<Deployment>(changed, "main"));
  };
  const roll = (deployment: Deployment, changes: (template: Template) => Template) =>
    change(deployment, { template: changes(structuredClone(deployment.spec!.template)) });
  return {
    list: () => ({ deployments: all().map((each) => viewDeployment(store, each)) }),
    get: ({ name }: { name: string }) => viewDeployment(store, find(name)),
    create(input: DeploymentRequest) {
      const { name } = input;
      if (store.get(resource, namespace, name) !== undefined) {
        throw problem("DEPLOYMENT_EXISTS", `There is a deployment named ${name} already.`);
      }
      if (all().length >= clusterLimits.deploymentsMax) {
        throw problem("DEPLOYMENTS_FULL", `${all().length} deployments exist.`);
      }
      const [deployment, service] = manifestsOf(input);
      const made = store.create(deployment);
      // One that is there already is somebody's own; it stays as it is.
      if (store.get("services", namespace, name) === undefined) store.create(service);
      return viewDeployment(store, made as Deployment);
    },
    scale: ({ name, replicas }: { name: string; replicas: number }) =>
      change(find(name), { replicas }),
    update(input: {
      name: string;
      image?: string | undefined;
      environment?: Environment | undefined;
    }) {
      return roll(find(input.name), (template) => {
        const [first, ...others] = template.spec!.containers;
        const known = Object.fromEntries(
          (first!.env ?? []).map((variable) => [variable.name, variable.value ?? ""]),
        );
        const { image = first!.image ?? "", environment = known } = input;
        const container = containerOf({ name: first!.name, image, environment });
        return { ...template, spec: { ...template.spec!, containers: [container, ...others] } };
      });
    },
    restart: ({ name }: { name: string }) =>
      roll(find(name), (template) => ({
        ...template,
        metadata: {
          ...template.metadata,
          annotations: {
            ...template.metadata?.annotations,
            "kubectl.kubernetes.io/restartedAt": timeText(now()),
          },
        },
      })),
    remove({ name }: { name: string }) {
      find(name);
      store.delete(resource, namespace, name, { propagation: "Background" });
      const service = store.get("services", namespace, name);
      if (service?.metadata.labels?.["app"] === name) store.delete("services", namespace, name);
      return { name, deleted: true as const };
    },
  };
}
