/** One object in text, and text applied, tried and compared; deletion of many. */
import type { z } from "zod";
import type { clusterActions, YamlProblem } from "../contract-cluster-actions.ts";
import type { Kind } from "../core/store/kinds.ts";
import type { KubeObject } from "../core/store/objects.ts";
import { objectKey } from "../core/store/resource-table.ts";
import { problem } from "../errors.ts";
import type { ClusterHost } from "./cluster-host.ts";
import {
  call,
  fieldManager,
  objectPath,
  type Outcome,
  refusalProblem,
} from "./cluster-kubernetes.ts";
import { readYaml, shownOf, type YamlDocument, yamlOf } from "./cluster-yaml.ts";

type ApplyInput = z.output<NonNullable<(typeof clusterActions.apply)["~orpc"]["inputSchema"]>>;
type ApplyOutput = z.output<NonNullable<(typeof clusterActions.apply)["~orpc"]["outputSchema"]>>;
type DeleteInput = z.output<NonNullable<(typeof clusterActions.delete)["~orpc"]["inputSchema"]>>;

interface Reference {
  readonly resource: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

function kindNamed({ store }: ClusterHost, resource: string): Kind {
  const kind = store.kinds.get(resource);
  if (kind !== undefined) return kind;
  throw problem("CLUSTER_OBJECT_UNKNOWN", `The cluster serves no resource ${resource}.`);
}

export function clusterObject(host: ClusterHost, { resource, namespace, name }: Reference) {
  const kind = kindNamed(host, resource);
  const object = host.store.get(
    resource,
    kind.namespaced ? (namespace ?? "default") : undefined,
    name,
  );
  if (object === undefined) {
    const message = `${resource} "${name}" not found`;
    throw refusalProblem({ code: 404, reason: "NotFound", message, causes: [] });
  }
  return {
    yaml: yamlOf(object),
    json: shownOf(object),
    resourceVersion: object.metadata.resourceVersion,
  };
}

/** Documents in their order; the first refusal ends it, and says so by line. */
export async function applyYaml(host: ClusterHost, input: ApplyInput): Promise<ApplyOutput> {
  const { dryRun } = input;
  const read = readYaml(input.yaml);
  const applied: ApplyOutput["applied"] = [];
  if (read.problems.length > 0) {
    return { dryRun, applied, problems: [...read.problems], refusal: null };
  }
  for (const document of read.documents) {
    const { apiVersion, kind: kindName, metadata } = document.value as unknown as KubeObject;
    const kind = host.store.kinds.ofObject(apiVersion, kindName);
    if (kind === undefined) {
      const refusal = `no matches for kind "${kindName}" in version "${apiVersion}"`;
      const problems = [{ line: document.lineOf("kind"), field: "kind", message: refusal }];
      return { dryRun, applied, problems, refusal };
    }
    const namespace = kind.namespaced ? (metadata.namespace ?? "default") : undefined;
    const before = host.store.get(kind.resource, namespace, metadata.name);
    const outcome = await send(host, input, document, objectPath(kind, namespace, metadata.name));
    if (outcome.refusal !== null) {
      const { message } = outcome.refusal;
      return { dryRun, applied, problems: problemsOf(document, outcome.refusal), refusal: message };
    }
    const after = yamlOf(outcome.object);
    const beforeText = before === undefined ? "" : yamlOf(before);
    const changed = before === undefined || differs(before, outcome.object);
    applied.push({
      resource: kind.resource,
      namespace: namespace ?? "",
      name: metadata.name,
      outcome: before === undefined ? "created" : changed ? "configured" : "unchanged",
      before: beforeText,
      after,
    });
  }
  return { dryRun, applied, problems: [], refusal: null };
}

const differs = (left: KubeObject, right: KubeObject): boolean => {
  const plain = (object: KubeObject) => {
    const { resourceVersion: _version, managedFields: _fields, ...metadata } = object.metadata;
    return JSON.stringify({ ...object, metadata });
  };
  return plain(left) !== plain(right);
};

function send(
  host: ClusterHost,
  { mode, force, dryRun }: ApplyInput,
  { value }: YamlDocument,
  path: string,
): Promise<Outcome> {
  const { managedFields: _fields, ...metadata } = value["metadata"] as Record<string, unknown>;
  const body = JSON.stringify({ ...value, metadata });
  const query = { fieldManager, fieldValidation: "Strict", ...(dryRun && { dryRun: "All" }) };
  // JSON is YAML, so that what was read here is what is applied there.
  return mode === "apply"
    ? call(host, {
        method: "PATCH",
        path,
        query: { ...query, force: String(force) },
        contentType: "application/apply-patch+yaml",
        body,
      })
    : call(host, { method: "PUT", path, query, contentType: "application/json", body });
}

function problemsOf(
  { lineOf }: YamlDocument,
  { causes, message }: { causes: readonly { field: string; message: string }[]; message: string },
): YamlProblem[] {
  const found = causes.map(({ field, message: text }) => ({
    line: lineOf(field.replace(/^\./, "")),
    field,
    message: text,
  }));
  if (found.length > 0) return found;
  // `unknown field "spec.foo"` comes without causes, as one sentence.
  const fields = [...message.matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)];
  return fields.length === 0
    ? [{ line: lineOf(""), field: "", message }]
    : fields.map(([text, field = ""]) => ({ line: lineOf(field), field, message: text }));
}

/** Each for itself: one that is refused does not keep the others. */
export async function deleteObjects(host: ClusterHost, input: DeleteInput) {
  const { objects, gracePeriodSeconds, propagation } = input;
  let deleted = 0;
  const refused: { object: string; message: string }[] = [];
  for (const { resource, namespace, name } of objects) {
    const kind = kindNamed(host, resource);
    const { refusal } = await call(host, {
      method: "DELETE",
      path: objectPath(kind, namespace, name),
      contentType: "application/json",
      body: JSON.stringify({
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: propagation,
        ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
      }),
    });
    if (refusal === null) deleted += 1;
    else refused.push({ object: objectKey(namespace, name), message: refusal.message });
  }
  return { deleted, refused };
}
