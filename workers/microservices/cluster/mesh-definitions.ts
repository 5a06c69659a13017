/**
 * The definitions that the mesh is told by: AuthorizationPolicy and PeerAuthentication as Istio has them,
 * HTTPRoute as the Gateway API has it. Of their fields those are described that are carried out; others
 * are kept as they come, so that the mesh sees them and can fail closed.
 */
import type { CustomResourceDefinition, JSONSchemaProps } from "kubernetes-types/apiextensions/v1";
import { policyLimits } from "../core/mesh/limits.ts";

export const meshResources = {
  authorization: "authorizationpolicies.security.istio.io",
  peers: "peerauthentications.security.istio.io",
  routes: "httproutes.gateway.networking.k8s.io",
} as const;

const open = { "x-kubernetes-preserve-unknown-fields": true } as const;
const texts = (description: string): JSONSchemaProps => ({
  type: "array",
  description,
  items: { type: "string" },
});
const object = (
  properties: Record<string, JSONSchemaProps>,
  description = "",
): JSONSchemaProps => ({
  type: "object",
  ...(description !== "" && { description }),
  properties,
  ...open,
});
const list = (items: JSONSchemaProps, maxItems = 512): JSONSchemaProps => ({
  type: "array",
  maxItems,
  items,
});
const labels: JSONSchemaProps = { type: "object", additionalProperties: { type: "string" } };
const selector: JSONSchemaProps = {
  type: "object",
  description: "The pods of the namespace that are meant; without it all of them.",
  properties: { matchLabels: labels },
};
const mtls: JSONSchemaProps = {
  type: "object",
  properties: {
    mode: { type: "string", enum: ["UNSET", "DISABLE", "PERMISSIVE", "STRICT"] },
  },
};
const status: JSONSchemaProps = { type: "object", ...open };

const authorizationSpec = object(
  {
    selector,
    action: {
      type: "string",
      description: "DENY goes before ALLOW; where an ALLOW selects a pod, one has to match.",
      enum: ["ALLOW", "DENY", "AUDIT", "CUSTOM"],
    },
    rules: list(
      object({
        from: list(
          object({
            source: object({
              principals: texts("cluster.local/ns/NAMESPACE/sa/SERVICEACCOUNT, or * at an end."),
              notPrincipals: texts("None of these."),
              namespaces: texts("Of the caller."),
              notNamespaces: texts("None of these."),
            }),
          }),
        ),
        to: list(
          object({
            operation: object({
              hosts: texts("Of the Host header."),
              notHosts: texts("None of these."),
              ports: texts("Of the container."),
              notPorts: texts("None of these."),
              methods: texts("HTTP methods."),
              notMethods: texts("None of these."),
              paths: texts("Exact, or with * at an end."),
              notPaths: texts("None of these."),
            }),
          }),
        ),
        when: list({ type: "object", ...open }),
      }),
      policyLimits.rulesPerPolicyMax,
    ),
  },
  "Who may ask what of the pods that are selected.",
);

const peerSpec = object(
  {
    selector,
    mtls,
    portLevelMtls: { type: "object", additionalProperties: mtls },
  },
  "Whether the pods that are selected take plain connections.",
);

const reference = (more: Record<string, JSONSchemaProps> = {}): JSONSchemaProps => ({
  ...object({
    group: { type: "string" },
    kind: { type: "string" },
    name: { type: "string", minLength: 1, maxLength: 253 },
    namespace: { type: "string", minLength: 1, maxLength: 63 },
    port: { type: "integer", minimum: 1, maximum: 65_535 },
    ...more,
  }),
  required: ["name"],
});
const routeSpec = object(
  {
    parentRefs: list(reference(), 32),
    hostnames: { type: "array", maxItems: 16, items: { type: "string" } },
    rules: list(
      object({
        matches: list(
          object({
            path: object({
              type: { type: "string", enum: ["Exact", "PathPrefix", "RegularExpression"] },
              value: { type: "string", maxLength: 1_024 },
            }),
            headers: list(
              {
                ...object({
                  type: { type: "string", enum: ["Exact", "RegularExpression"] },
                  name: { type: "string", minLength: 1, maxLength: 256 },
                  value: { type: "string", minLength: 1, maxLength: 4_096 },
                }),
                required: ["name", "value"],
              },
              16,
            ),
            method: { type: "string" },
          }),
          64,
        ),
        filters: list(
          {
            ...object({
              type: { type: "string" },
              requestMirror: {
                ...object({
                  backendRef: reference(),
                  percent: { type: "integer", minimum: 0, maximum: 100 },
                }),
                required: ["backendRef"],
              },
            }),
            required: ["type"],
          },
          16,
        ),
        backendRefs: list(
          reference({ weight: { type: "integer", minimum: 0, maximum: 1_000_000 } }),
          16,
        ),
      }),
      16,
    ),
  },
  "How calls to the parent Service are routed.",
);

const ageColumn = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" };

export const meshDefinitions: readonly CustomResourceDefinition[] = [
  definition("security.istio.io", "AuthorizationPolicy", "authorizationpolicies", ["ap"], {
    spec: authorizationSpec,
    columns: [{ name: "Action", type: "string", jsonPath: ".spec.action" }, ageColumn],
  }),
  definition("security.istio.io", "PeerAuthentication", "peerauthentications", ["pa"], {
    spec: peerSpec,
    columns: [{ name: "Mode", type: "string", jsonPath: ".spec.mtls.mode" }, ageColumn],
  }),
  definition("gateway.networking.k8s.io", "HTTPRoute", "httproutes", [], {
    spec: routeSpec,
    columns: [{ name: "Hostnames", type: "string", jsonPath: ".spec.hostnames" }, ageColumn],
  }),
];

function definition(
  group: string,
  kind: string,
  plural: string,
  shortNames: string[],
  {
    spec,
    columns,
  }: {
    readonly spec: JSONSchemaProps;
    readonly columns: { name: string; type: string; jsonPath: string }[];
  },
): CustomResourceDefinition {
  const singular = kind.toLowerCase();
  const isGatewayApi = group === "gateway.networking.k8s.io";
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      // Groups under k8s.io are approved ones (KEP-2337); this is where it was.
      ...(isGatewayApi && {
        annotations: {
          "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/3328",
        },
      }),
    },
    spec: {
      group,
      names: { kind, plural, singular, listKind: `${kind}List`, shortNames },
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec, status } } },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}
