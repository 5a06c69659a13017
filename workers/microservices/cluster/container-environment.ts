/**
 * What a container finds around itself: its variables and mounted files, out of the pod, its config
 * maps and secrets, and the services of its namespace (kubelet_pods.go, makeEnvironmentVariables).
 */
import type { Container, EnvVarSource, Volume } from "kubernetes-types/core/v1";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";

type Pod = ObjectOf<"pods">;

/** Something that the container names is not there: it cannot be started now. */
export class ConfigurationMissing extends Error {}

export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute path to text. */
  readonly files: Readonly<Record<string, string>>;
}

export interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws ConfigurationMissing */
export function surroundingsOf(
  store: ObjectStore,
  pod: Pod,
  container: Container,
  api: ApiAddress,
): Surroundings {
  const sources = new Sources(store, pod, container);
  const environment: Record<string, string> = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOSTNAME: pod.spec?.hostname ?? pod.metadata.name,
    KUBERNETES_SERVICE_HOST: api.host,
    KUBERNETES_SERVICE_PORT: String(api.port),
    ...serviceVariables(store, pod),
  };
  for (const { configMapRef, secretRef, prefix = "" } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    if (reference?.name === undefined) continue;
    const kind = configMapRef === undefined ? "secrets" : "configmaps";
    const data = sources.data(kind, reference.name, reference.optional ?? false);
    for (const [key, value] of Object.entries(data ?? {})) environment[prefix + key] = value;
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const found =
      valueFrom === undefined ? expand(value ?? "", environment) : sources.value(valueFrom);
    if (found !== undefined) environment[name] = found;
  }
  return { environment, files: filesOf(sources, pod, container) };
}

/** `$(NAME)` of a variable that is known already; `$$` is one dollar. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => {
    if (whole === "$$") return "$";
    return name !== undefined && Object.hasOwn(variables, name) ? variables[name]! : whole;
  });
}

/** WEB_SERVICE_HOST and WEB_SERVICE_PORT of each service, as Docker links had them. */
function serviceVariables(store: ObjectStore, pod: Pod): Record<string, string> {
  const variables: Record<string, string> = {};
  if (pod.spec?.enableServiceLinks === false) return variables;
  for (const { metadata, spec } of store.inNamespace("services", pod.metadata.namespace ?? "")) {
    if (!spec?.clusterIP || spec.clusterIP === "None") continue;
    const prefix = metadata.name.toUpperCase().replaceAll("-", "_");
    variables[`${prefix}_SERVICE_HOST`] = spec.clusterIP;
    const [first] = spec.ports ?? [];
    if (first !== undefined) variables[`${prefix}_SERVICE_PORT`] = String(first.port);
  }
  return variables;
}

class Sources {
  readonly #store: ObjectStore;
  readonly #pod: Pod;
  readonly #container: Container;

  constructor(store: ObjectStore, pod: Pod, container: Container) {
    this.#store = store;
    this.#pod = pod;
    this.#container = container;
  }

  /** @throws ConfigurationMissing */
  data(
    kind: "configmaps" | "secrets",
    name: string,
    optional: boolean,
  ): Readonly<Record<string, string>> | undefined {
    const object = this.#store.get(kind, this.#pod.metadata.namespace, name);
    if (object === undefined) {
      if (optional) return undefined;
      throw new ConfigurationMissing(
        `${kind === "secrets" ? "secret" : "configmap"} "${name}" not found`,
      );
    }
    if (kind === "configmaps") return (object as ObjectOf<"configmaps">).data ?? {};
    const { data = {} } = object as ObjectOf<"secrets">;
    return Object.fromEntries(
      Object.entries(data).map(([key, text]) => [
        key,
        Buffer.from(text, "base64").toString("utf8"),
      ]),
    );
  }

  /** @throws ConfigurationMissing */
  value({ configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef }: EnvVarSource) {
    const reference = configMapKeyRef ?? secretKeyRef;
    if (reference !== undefined) {
      const { name = "", key, optional = false } = reference;
      const kind = configMapKeyRef === undefined ? "secrets" : "configmaps";
      const value = this.data(kind, name, optional)?.[key];
      if (value === undefined && !optional) {
        const { namespace } = this.#pod.metadata;
        throw new ConfigurationMissing(
          `couldn't find key ${key} in ${kind === "secrets" ? "Secret" : "ConfigMap"} ${namespace}/${name}`,
        );
      }
      return value;
    }
    if (fieldRef !== undefined) return this.field(fieldRef.fieldPath);
    const [group = "limits", name = ""] = (resourceFieldRef?.resource ?? "").split(".");
    const { resources } = this.#container;
    return (group === "requests" ? resources?.requests : resources?.limits)?.[name];
  }

  field(path: string): string | undefined {
    const { metadata, spec, status } = this.#pod;
    const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(path);
    if (keyed !== null) return metadata[keyed[1] as "labels" | "annotations"]?.[keyed[2]!] ?? "";
    const fields: Readonly<Record<string, string | undefined>> = {
      "metadata.name": metadata.name,
      "metadata.namespace": metadata.namespace,
      "metadata.uid": metadata.uid,
      "metadata.labels": lines(metadata.labels),
      "metadata.annotations": lines(metadata.annotations),
      "spec.nodeName": spec?.nodeName,
      "spec.serviceAccountName": spec?.serviceAccountName,
      "status.hostIP": status?.hostIP,
      "status.podIP": status?.podIP,
      "status.podIPs": status?.podIP,
    };
    return fields[path];
  }
}

const lines = (entries: Readonly<Record<string, string>> = {}): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");

/** @throws ConfigurationMissing */
function filesOf(sources: Sources, pod: Pod, container: Container): Record<string, string> {
  const files: Record<string, string> = {};
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const volume = volumes.get(name);
    if (volume === undefined) continue;
    for (const [path, text] of Object.entries(contentOf(sources, volume))) {
      if (subPath === undefined) files[`${mountPath.replace(/\/$/, "")}/${path}`] = text;
      else if (subPath === path) files[mountPath] = text;
    }
  }
  return files;
}

/** @throws ConfigurationMissing */
function contentOf(sources: Sources, volume: Volume): Record<string, string> {
  const { configMap, secret, downwardAPI, projected } = volume;
  if (configMap?.name !== undefined) {
    return chosen(
      sources.data("configmaps", configMap.name, configMap.optional ?? false),
      configMap.items,
    );
  }
  if (secret?.secretName !== undefined) {
    return chosen(
      sources.data("secrets", secret.secretName, secret.optional ?? false),
      secret.items,
    );
  }
  if (downwardAPI !== undefined) {
    const files: Record<string, string> = {};
    for (const { path, fieldRef } of downwardAPI.items ?? []) {
      files[path] = sources.field(fieldRef?.fieldPath ?? "") ?? "";
    }
    return files;
  }
  const parts = (projected?.sources ?? []).map((source) => {
    const named: Volume = { name: volume.name };
    if (source.configMap !== undefined) named.configMap = source.configMap;
    if (source.downwardAPI !== undefined) named.downwardAPI = source.downwardAPI;
    const { name, ...rest } = source.secret ?? {};
    if (name !== undefined) named.secret = { secretName: name, ...rest };
    return contentOf(sources, named);
  });
  return Object.assign({}, ...parts) as Record<string, string>;
}

function chosen(
  data: Readonly<Record<string, string>> | undefined,
  items: readonly { readonly key: string; readonly path: string }[] | undefined,
): Record<string, string> {
  if (data === undefined || items === undefined) return { ...data };
  return Object.fromEntries(
    items.flatMap(({ key, path }) => (data[key] === undefined ? [] : [[path, data[key]]])),
  );
}
