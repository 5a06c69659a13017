/** What the brief's short requests stand for in Kubernetes' own objects. */
import type { Container, Probe } from "kubernetes-types/core/v1";
import { setDefaults } from "../core/machinery/defaults.ts";
import type { JsonObject } from "../core/machinery/json.ts";
import type { NewObject } from "../core/store/objects.ts";
import { resolveImage } from "../pods/images/catalogue.ts";
import type { ImageProbe } from "../pods/images/image.ts";

export type Environment = Readonly<Record<string, string>>;

export interface DeploymentRequest {
  readonly name: string;
  readonly image: string;
  readonly replicas: number;
  readonly environment: Environment;
}

const httpPort = 80;

/** A Deployment in the namespace default, and the Service of the same name in front of it. */
export function manifestsOf(request: DeploymentRequest): readonly [NewObject, NewObject] {
  const { name, replicas } = request;
  const labels = { app: name };
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default", labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [containerOf(request)] } },
    },
  };
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default", labels },
    spec: {
      selector: labels,
      ports: [{ name: "http", port: httpPort, targetPort: portOf(request.image) }],
    },
  };
  for (const object of [deployment, service]) setDefaults(object as unknown as JsonObject);
  return [deployment, service];
}

/** The image's own probes come with it, where the catalogue has it. */
export function containerOf({
  name,
  image,
  environment,
}: Pick<DeploymentRequest, "name" | "image" | "environment">): Container {
  const known = resolveImage(image)?.image;
  const port = portOf(image);
  return {
    name,
    image,
    ports: [{ containerPort: port, protocol: "TCP" }],
    ...(Object.keys(environment).length > 0 && {
      env: Object.entries(environment).map(([variable, value]) => ({ name: variable, value })),
    }),
    ...(known?.readiness && { readinessProbe: probeOf(known.readiness, port) }),
    ...(known?.liveness && { livenessProbe: probeOf(known.liveness, port) }),
  };
}

const portOf = (image: string): number => resolveImage(image)?.image.port ?? httpPort;

function probeOf(probe: ImageProbe, port: number): Probe {
  const seconds = (ms: number) => Math.max(1, Math.round(ms / 1_000));
  return {
    httpGet: { path: probe.path, port, scheme: "HTTP" },
    initialDelaySeconds: Math.round(probe.initialDelayMs / 1_000),
    periodSeconds: seconds(probe.periodMs),
    timeoutSeconds: seconds(probe.timeoutMs),
    successThreshold: probe.successThreshold,
    failureThreshold: probe.failureThreshold,
  };
}
