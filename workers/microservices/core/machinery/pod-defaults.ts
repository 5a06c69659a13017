/** Defaults of pods and their templates: k8s.io/kubernetes pkg/apis/core/v1/defaults.go. */
import { isObject, type JsonObject, numberAt, objectAt, objectsAt, stringAt } from "./json.ts";

/** Sets each value whose key is absent or null. */
export function fill(object: JsonObject | undefined, values: JsonObject): void {
  if (object === undefined) return;
  for (const [key, value] of Object.entries(values)) object[key] ??= value;
}

/** The object at a key, made where there is none. */
export function ensureObject(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  if (value === undefined || value === null) parent[key] = made;
  return made;
}

const fileModeDefault = 0o644;

/** SetDefaults_Pod and what it calls. */
export function setPodDefaults(pod: JsonObject): void {
  const spec = ensureObject(pod, "spec");
  setPodSpecDefaults(spec);
  fill(spec, { enableServiceLinks: true });
  for (const container of [
    ...objectsAt(spec, "containers"),
    ...objectsAt(spec, "initContainers"),
  ]) {
    const resources = objectAt(container, "resources");
    const limits = objectAt(resources, "limits");
    // A limit without a request is a request too.
    if (resources !== undefined && limits !== undefined && Object.keys(limits).length > 0) {
      fill(ensureObject(resources, "requests"), limits);
    }
  }
}

/** SetDefaults_PodSpec, its containers and its volumes. */
export function setPodSpecDefaults(spec: JsonObject): void {
  fill(spec, {
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: "default-scheduler",
  });
  // One field under two names: the older one is kept equal.
  const account = stringAt(spec, "serviceAccountName") ?? stringAt(spec, "serviceAccount");
  if (account !== undefined) fill(spec, { serviceAccountName: account, serviceAccount: account });
  for (const list of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of objectsAt(spec, list)) {
      setContainerDefaults(container, spec["hostNetwork"] === true);
    }
  }
  for (const volume of objectsAt(spec, "volumes")) setVolumeDefaults(volume);
}

function setContainerDefaults(container: JsonObject, isOnHostNetwork: boolean): void {
  fill(container, {
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: pullPolicy(stringAt(container, "image") ?? ""),
  });
  for (const port of objectsAt(container, "ports")) {
    fill(port, { protocol: "TCP" });
    const number = numberAt(port, "containerPort");
    if (isOnHostNetwork && number !== undefined && !numberAt(port, "hostPort")) {
      port["hostPort"] = number;
    }
  }
  for (const variable of objectsAt(container, "env")) {
    fill(objectAt(objectAt(variable, "valueFrom"), "fieldRef"), { apiVersion: "v1" });
  }
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = objectAt(container, name);
    if (probe !== undefined) setProbeDefaults(probe);
  }
  for (const hook of ["postStart", "preStop"]) {
    fill(objectAt(objectAt(objectAt(container, "lifecycle"), hook), "httpGet"), {
      path: "/",
      scheme: "HTTP",
    });
  }
}

/** An image without a tag, or with :latest, is always pulled. */
function pullPolicy(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function setProbeDefaults(probe: JsonObject): void {
  const counts = {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
  for (const [name, value] of Object.entries(counts)) {
    // Plain integers in Go: 0 is their absence.
    if (!probe[name]) probe[name] = value;
  }
  fill(objectAt(probe, "httpGet"), { path: "/", scheme: "HTTP" });
  fill(objectAt(probe, "grpc"), { service: "" });
}

function setVolumeDefaults(volume: JsonObject): void {
  const isSourceless = Object.entries(volume).every(
    ([key, value]) => key === "name" || value === null,
  );
  if (isSourceless) volume["emptyDir"] = {};
  for (const source of ["secret", "configMap", "downwardAPI", "projected"]) {
    fill(objectAt(volume, source), { defaultMode: fileModeDefault });
  }
  fill(objectAt(volume, "hostPath"), { type: "" });
  fill(objectAt(volume, "iscsi"), { iscsiInterface: "default" });
  fill(objectAt(volume, "rbd"), { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" });
  setFieldReferences(objectAt(volume, "downwardAPI"));
  for (const source of objectsAt(objectAt(volume, "projected"), "sources")) {
    fill(objectAt(source, "serviceAccountToken"), { expirationSeconds: 3_600 });
    setFieldReferences(objectAt(source, "downwardAPI"));
  }
  const claim = objectAt(objectAt(volume, "ephemeral"), "volumeClaimTemplate");
  fill(objectAt(claim, "spec"), { volumeMode: "Filesystem" });
}

function setFieldReferences(projection: JsonObject | undefined): void {
  for (const item of objectsAt(projection, "items")) {
    fill(objectAt(item, "fieldRef"), { apiVersion: "v1" });
  }
}

/** A pod template's: only its spec has defaults. */
export function setTemplateDefaults(parent: JsonObject): void {
  const template = objectAt(parent, "template");
  if (template !== undefined) setPodSpecDefaults(ensureObject(template, "spec"));
}
