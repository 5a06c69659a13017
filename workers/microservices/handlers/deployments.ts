/** Deployments: create, scale, update, restart, delete. */
import type { DeploymentView } from "../contract.ts";
import type { Deployment, PodTemplate } from "../core/objects.ts";
import { viewDeployment } from "../core/views.ts";
import { problem } from "../errors.ts";
import { clusterLimits } from "../limits.ts";
import type { Orchestrator } from "../pods/orchestrator.ts";

type Environment = Readonly<Record<string, string>>;

export function deploymentHandlers(orchestrator: Orchestrator, now: () => number) {
  const { cluster } = orchestrator;
  const find = (name: string): Deployment => {
    const deployment = cluster.deployments.get(name);
    if (deployment !== undefined) return deployment;
    throw problem("DEPLOYMENT_UNKNOWN", `There is no deployment named ${name}.`);
  };
  const tell = (name: string, reason: string, message: string) =>
    cluster.events.record(now(), "Normal", `deployment/${name}`, reason, message);
  const apply = (deployment: Deployment): DeploymentView => {
    orchestrator.step();
    return viewDeployment(cluster, deployment);
  };
  const roll = (deployment: Deployment, changes: Partial<PodTemplate>): DeploymentView => {
    cluster.setTemplate(deployment, { ...deployment.template, ...changes }, now());
    return apply(deployment);
  };
  return {
    list: () => ({
      deployments: [...cluster.deployments.values()].map((each) => viewDeployment(cluster, each)),
    }),
    get: ({ name }: { name: string }) => viewDeployment(cluster, find(name)),
    create(input: { name: string; image: string; replicas: number; environment: Environment }) {
      const { name, image, replicas, environment } = input;
      if (cluster.deployments.has(name)) {
        throw problem("DEPLOYMENT_EXISTS", `There is a deployment named ${name} already.`);
      }
      if (cluster.deployments.size >= clusterLimits.deploymentsMax) {
        throw problem("DEPLOYMENTS_FULL", `${cluster.deployments.size} deployments exist.`);
      }
      const template = { image, environment, restartedAt: null };
      return apply(cluster.create(name, template, replicas, now()));
    },
    scale({ name, replicas }: { name: string; replicas: number }) {
      const deployment = find(name);
      cluster.scale(deployment, replicas);
      return apply(deployment);
    },
    update(input: {
      name: string;
      image?: string | undefined;
      environment?: Environment | undefined;
    }) {
      const deployment = find(input.name);
      const { image = deployment.template.image, environment = deployment.template.environment } =
        input;
      return roll(deployment, { image, environment });
    },
    restart: ({ name }: { name: string }) => roll(find(name), { restartedAt: now() }),
    remove({ name }: { name: string }) {
      cluster.remove(find(name));
      tell(name, "Deleted", "Deleted on request");
      orchestrator.step();
      return { name, deleted: true as const };
    },
  };
}
