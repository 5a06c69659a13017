/**
 * Kubernetes Ingress (networking.k8s.io/v1) as routes, by its specification: Exact, Prefix by whole
 * segments, ImplementationSpecific as Prefix; the longest path wins, exact before prefix.
 */

export interface IngressBackend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
}

export interface Ingress {
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: {
    readonly defaultBackend?: IngressBackend;
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: {
        readonly paths: readonly {
          readonly path?: string;
          readonly pathType: string;
          readonly backend: IngressBackend;
        }[];
      };
    }[];
  };
}

/** A route before its defaults. */
export interface IngressRoute {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly path: { readonly kind: "exact" | "prefix"; readonly value: string };
  readonly to: readonly { readonly service: string }[];
}

/** The gateway's name of a service: NAME in the default namespace, NAME.NAMESPACE elsewhere. */
export function serviceNameOf(namespace: string, name: string): string {
  return namespace === "default" ? name : `${name}.${namespace}`;
}

/**
 * Backends that are no service (resource backends) become no route.
 * @param serves whether a backend can be called; others become no route, too
 */
export function routesOfIngress(
  { metadata, spec }: Ingress,
  serves: (backend: IngressBackend) => boolean = () => true,
): IngressRoute[] {
  const namespace = metadata?.namespace ?? "default";
  const routes: IngressRoute[] = [];
  const add = (
    host: string | undefined,
    kind: "exact" | "prefix",
    value: string,
    backend: IngressBackend,
  ) => {
    const { service } = backend;
    if (!serves(backend) || service === undefined) return;
    routes.push({
      name: `${(metadata?.name ?? "ingress").slice(0, 48)}-${routes.length + 1}`,
      hosts: [host === undefined || host === "" ? "*" : host.toLowerCase()],
      path: { kind, value: value === "" ? "/" : value },
      to: [{ service: serviceNameOf(namespace, service.name) }],
    });
  };
  for (const { host, http } of spec?.rules ?? []) {
    for (const { path = "/", pathType, backend } of http?.paths ?? []) {
      add(host, pathType === "Exact" ? "exact" : "prefix", path, backend);
    }
  }
  if (spec?.defaultBackend !== undefined) add(undefined, "prefix", "/", spec.defaultBackend);
  return routes;
}
