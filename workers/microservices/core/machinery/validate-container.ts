/** Containers: ValidateContainers of k8s.io/kubernetes pkg/apis/core/validation/validation.go. */
import type { FieldErrors } from "./field-errors.ts";
import { type JsonObject, numberAt, objectAt, objectsAt, stringAt, textOf } from "./json.ts";
import {
  configKey,
  dnsLabel,
  dnsSubdomain,
  environmentName,
  portName,
  qualifiedName,
} from "./name-rules.ts";
import {
  validateName,
  validateNonNegative,
  validatePort,
  validateQuantity,
  validateSupported,
} from "./validate-values.ts";

const probeNames = ["livenessProbe", "readinessProbe", "startupProbe"];
const handlerNames = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/** `names` gathers the names of all containers of the pod: they are unique together. */
export function validateContainer(
  container: JsonObject,
  path: string,
  kind: "init" | "main" | "ephemeral",
  names: Set<string>,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  validateName(container, "name", dnsLabel, path, errors);
  const name = stringAt(container, "name") ?? "";
  if (name !== "" && names.has(name)) errors.duplicate(`${path}.name`, name);
  names.add(name);
  const image = stringAt(container, "image") ?? "";
  if (image === "") errors.required(`${path}.image`);
  else if (image !== image.trim()) {
    errors.invalid(`${path}.image`, image, "must not have leading or trailing whitespace");
  }
  validateSupported(
    container,
    "imagePullPolicy",
    ["Always", "IfNotPresent", "Never"],
    path,
    errors,
  );
  validateSupported(
    container,
    "terminationMessagePolicy",
    ["File", "FallbackToLogsOnError"],
    path,
    errors,
  );
  validateContainerPorts(container, path, errors);
  validateEnvironment(container, path, errors);
  validateMounts(container, path, volumes, errors);
  validateResources(objectAt(container, "resources"), `${path}.resources`, errors);
  const isSidecar = container["restartPolicy"] === "Always";
  for (const probeName of probeNames) {
    const probe = objectAt(container, probeName);
    if (probe === undefined) continue;
    if (kind !== "main" && !isSidecar) {
      const reason =
        kind === "init"
          ? "may not be set for init containers without restartPolicy=Always"
          : "cannot be set for an Ephemeral Container";
      errors.forbidden(`${path}.${probeName}`, reason);
    } else validateProbe(probe, probeName, `${path}.${probeName}`, errors);
  }
  for (const hook of ["postStart", "preStop"]) {
    const handler = objectAt(objectAt(container, "lifecycle"), hook);
    if (handler !== undefined) validateHandler(handler, `${path}.lifecycle.${hook}`, errors);
  }
  validateContainerSecurity(objectAt(container, "securityContext"), path, errors);
}

function validateContainerPorts(container: JsonObject, path: string, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [index, port] of objectsAt(container, "ports").entries()) {
    const at = `${path}.ports[${index}]`;
    const name = stringAt(port, "name") ?? "";
    if (name !== "") {
      for (const problem of portName(name)) errors.invalid(`${at}.name`, name, problem);
      if (names.has(name)) errors.duplicate(`${at}.name`, name);
      names.add(name);
    }
    if (!numberAt(port, "containerPort")) errors.required(`${at}.containerPort`);
    else validatePort(port["containerPort"], `${at}.containerPort`, errors);
    if (numberAt(port, "hostPort")) validatePort(port["hostPort"], `${at}.hostPort`, errors);
    validateSupported(port, "protocol", ["TCP", "UDP", "SCTP"], at, errors);
  }
}

function validateEnvironment(container: JsonObject, path: string, errors: FieldErrors): void {
  for (const [index, variable] of objectsAt(container, "env").entries()) {
    const at = `${path}.env[${index}]`;
    validateName(variable, "name", environmentName, at, errors);
    const source = objectAt(variable, "valueFrom");
    if (source === undefined) continue;
    const names = Object.keys(source).filter((key) => objectAt(source, key) !== undefined);
    if (names.length !== 1) {
      errors.invalid(
        `${at}.valueFrom`,
        "",
        names.length === 0
          ? "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"
          : "may not have more than one field specified at a time",
      );
    }
    if (names.length > 0 && variable["value"]) {
      errors.invalid(`${at}.valueFrom`, "", "may not be specified when `value` is not empty");
    }
    for (const reference of ["configMapKeyRef", "secretKeyRef"]) {
      const selector = objectAt(source, reference);
      if (selector === undefined) continue;
      if (!selector["name"]) errors.required(`${at}.valueFrom.${reference}.name`);
      validateName(selector, "key", configKey, `${at}.valueFrom.${reference}`, errors);
    }
    const field = objectAt(source, "fieldRef");
    if (field !== undefined && !field["fieldPath"])
      errors.required(`${at}.valueFrom.fieldRef.fieldPath`);
  }
  for (const [index, source] of objectsAt(container, "envFrom").entries()) {
    const at = `${path}.envFrom[${index}]`;
    const names = ["configMapRef", "secretRef"].filter(
      (key) => objectAt(source, key) !== undefined,
    );
    if (names.length === 0) {
      errors.invalid(at, "", "must specify one of: `configMapRef` or `secretRef`");
    } else if (names.length > 1) {
      errors.invalid(at, "", "may not have more than one field specified at a time");
    }
    for (const name of names) {
      validateName(objectAt(source, name), "name", dnsSubdomain, `${at}.${name}`, errors);
    }
  }
}

function validateMounts(
  container: JsonObject,
  path: string,
  volumes: ReadonlySet<string>,
  errors: FieldErrors,
): void {
  const places = new Set<string>();
  for (const [index, mount] of objectsAt(container, "volumeMounts").entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    const name = stringAt(mount, "name") ?? "";
    const place = stringAt(mount, "mountPath") ?? "";
    if (name === "") errors.required(`${at}.name`);
    else if (!volumes.has(name)) errors.notFound(`${at}.name`, name);
    if (place === "") errors.required(`${at}.mountPath`);
    else if (places.has(place)) errors.invalid(`${at}.mountPath`, place, "must be unique");
    places.add(place);
    const subPath = stringAt(mount, "subPath") ?? "";
    if (subPath.startsWith("/")) {
      errors.invalid(`${at}.subPath`, subPath, "must be a relative path");
    } else if (subPath.split("/").includes("..")) {
      errors.invalid(`${at}.subPath`, subPath, "must not contain '..'");
    }
    const propagation = ["None", "HostToContainer", "Bidirectional"];
    validateSupported(mount, "mountPropagation", propagation, at, errors);
  }
}

/** Limits, requests, and that no request is above its limit. */
export function validateResources(
  resources: JsonObject | undefined,
  path: string,
  errors: FieldErrors,
): void {
  const amounts = new Map<string, bigint>();
  for (const [name, value] of Object.entries(objectAt(resources, "limits") ?? {})) {
    validateResourceName(name, `${path}.limits`, errors);
    const amount = validateQuantity(value, `${path}.limits[${name}]`, errors);
    if (amount !== null) amounts.set(name, amount);
  }
  for (const [name, value] of Object.entries(objectAt(resources, "requests") ?? {})) {
    validateResourceName(name, `${path}.requests`, errors);
    const amount = validateQuantity(value, `${path}.requests[${name}]`, errors);
    const limit = amounts.get(name);
    if (amount !== null && limit !== undefined && amount > limit) {
      const shown = textOf(objectAt(resources, "limits")?.[name]);
      const detail = `must be less than or equal to ${name} limit of ${shown}`;
      errors.invalid(`${path}.requests`, value, detail);
    }
  }
}

const standardResources = /^(?:cpu|memory|ephemeral-storage|storage|hugepages-.+)$/;

function validateResourceName(name: string, path: string, errors: FieldErrors): void {
  for (const problem of qualifiedName(name)) errors.invalid(path, name, problem);
  if (!name.includes("/") && !standardResources.test(name)) {
    errors.invalid(path, name, "must be a standard resource type or fully qualified");
  }
}

function validateProbe(probe: JsonObject, name: string, path: string, errors: FieldErrors): void {
  validateHandler(probe, path, errors);
  validateNonNegative(
    probe,
    [
      "initialDelaySeconds",
      "timeoutSeconds",
      "periodSeconds",
      "successThreshold",
      "failureThreshold",
    ],
    path,
    errors,
  );
  const threshold = numberAt(probe, "successThreshold");
  if (name !== "readinessProbe" && threshold !== undefined && threshold !== 1) {
    errors.invalid(`${path}.successThreshold`, threshold, "must be 1");
  }
  if (probe["terminationGracePeriodSeconds"] !== undefined && name === "readinessProbe") {
    const field = `${path}.terminationGracePeriodSeconds`;
    errors.invalid(
      field,
      probe["terminationGracePeriodSeconds"],
      "must not be set for readinessProbes",
    );
  }
}

function validateHandler(handler: JsonObject, path: string, errors: FieldErrors): void {
  const names = handlerNames.filter((name) => objectAt(handler, name) !== undefined);
  if (names.length === 0) errors.required(path, "must specify a handler type");
  for (const name of names.slice(1)) {
    errors.forbidden(`${path}.${name}`, "may not specify more than 1 handler type");
  }
  const http = objectAt(handler, "httpGet");
  if (http !== undefined) {
    validatePort(http["port"], `${path}.httpGet.port`, errors);
    if (http["path"] === "") errors.required(`${path}.httpGet.path`);
    validateSupported(http, "scheme", ["HTTP", "HTTPS"], `${path}.httpGet`, errors);
  }
  const tcp = objectAt(handler, "tcpSocket");
  if (tcp !== undefined) validatePort(tcp["port"], `${path}.tcpSocket.port`, errors);
  const grpc = objectAt(handler, "grpc");
  if (grpc !== undefined) validatePort(grpc["port"], `${path}.grpc.port`, errors);
  const command = objectAt(handler, "exec")?.["command"];
  if (
    objectAt(handler, "exec") !== undefined &&
    (!Array.isArray(command) || command.length === 0)
  ) {
    errors.required(`${path}.exec.command`);
  }
}

function validateContainerSecurity(
  context: JsonObject | undefined,
  path: string,
  errors: FieldErrors,
): void {
  const at = `${path}.securityContext`;
  for (const name of ["runAsUser", "runAsGroup"]) {
    const id = numberAt(context, name);
    if (id !== undefined && (id < 0 || id > 2_147_483_647)) {
      errors.invalid(`${at}.${name}`, id, "must be between 0 and 2147483647, inclusive");
    }
  }
  if (context?.["privileged"] === true && context["allowPrivilegeEscalation"] === false) {
    const detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
    errors.invalid(at, context, detail);
  }
}
