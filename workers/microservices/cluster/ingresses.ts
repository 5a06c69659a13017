/**
 * Ingress objects as routes of the gateway, kept current: those of classes that name this cluster's
 * controller, and those without a class, since that class is the default one.
 */
import type { EventRecorder } from "../core/controllers/event-recorder.ts";
import { type IngressBackend, routesOfIngress } from "../core/routing/ingress-routes.ts";
import type { Change } from "../core/store/change-log.ts";
import { sameJson } from "../core/store/equal.ts";
import type { ObjectStore } from "../core/store/object-store.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { parseGatewayConfig, type RouteConfig } from "../contract.ts";
import { routingLimits } from "../limits.ts";
import type { Gateway } from "../protocols/gateway/gateway.ts";

const ingresses = "ingresses.networking.k8s.io";
const classes = "ingressclasses.networking.k8s.io";
const classAnnotation = "kubernetes.io/ingress.class";
const defaultAnnotation = "ingressclass.kubernetes.io/is-default-class";

type Ingress = ObjectOf<typeof ingresses>;

export const gatewayIngressClass = {
  apiVersion: "networking.k8s.io/v1",
  kind: "IngressClass",
  metadata: { name: "gateway", annotations: { [defaultAnnotation]: "true" } },
  spec: { controller: "demo.dev/gateway" },
} as const;

export class Ingresses {
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #gateway: Gateway;
  #isStale = true;

  constructor(store: ObjectStore, events: EventRecorder, gateway: Gateway) {
    this.#store = store;
    this.#events = events.as("ingress");
    this.#gateway = gateway;
  }

  /** @returns whether the routes are to be made anew */
  hear({ resource, object, previous }: Change): boolean {
    // Of services it matters which ports they name.
    const isPort = resource === "services" && !sameJson(object.spec, previous?.spec);
    if (resource === classes || resource === ingresses || isPort) this.#isStale = true;
    return this.#isStale;
  }

  /** Puts the routes in force and writes where each Ingress is served. */
  sync(): void {
    if (!this.#isStale || this.#gateway.port === null) return;
    this.#isStale = false;
    const routes: RouteConfig[] = [];
    for (const ingress of this.#store.all(ingresses)) {
      const isOurs = this.#isOurs(ingress);
      if (isOurs)
        routes.push(...this.#routesOf(ingress, routingLimits.ingressRoutesMax - routes.length));
      this.#tell(ingress, isOurs);
    }
    this.#gateway.setIngressRoutes(routes);
  }

  #isOurs({ metadata, spec }: Ingress): boolean {
    const name = spec?.ingressClassName ?? metadata.annotations?.[classAnnotation];
    const named = (each: ObjectOf<typeof classes>) =>
      name === undefined
        ? each.metadata.annotations?.[defaultAnnotation] === "true"
        : each.metadata.name === name;
    for (const each of this.#store.all(classes)) {
      if (named(each)) return each.spec?.controller === gatewayIngressClass.spec.controller;
    }
    return false;
  }

  #routesOf(ingress: Ingress, room: number): RouteConfig[] {
    const { namespace = "default", name } = ingress.metadata;
    const warn = (message: string) => this.#events.record(ingress, "Warning", "NotRouted", message);
    const serves = (backend: IngressBackend): boolean => {
      const problem = this.#portProblem(namespace, backend);
      if (problem !== null) warn(problem);
      return problem === null;
    };
    try {
      const made = parseGatewayConfig({ routes: routesOfIngress(ingress, serves) }).routes;
      if (made.length > room)
        warn(`The gateway takes ${routingLimits.ingressRoutesMax} routes of Ingress objects.`);
      // No route of the configuration can have such a name.
      return made
        .slice(0, Math.max(0, room))
        .map((route, index) => ({ ...route, name: `ingress/${namespace}/${name}/${index + 1}` }));
    } catch {
      warn(
        "Its rules cannot be routes of the gateway: look at its hosts and the number of its paths.",
      );
      return [];
    }
  }

  /** A service is called at the port that it names first. */
  #portProblem(namespace: string, { service }: IngressBackend): string | null {
    if (service === undefined) return "A resource as a backend is not served.";
    const first = this.#store.get("services", namespace, service.name)?.spec?.ports?.[0];
    // One that is not there yet may come.
    if (first === undefined || service.port === undefined) return null;
    const { number, name } = service.port;
    if (number === undefined ? name === first.name : number === first.port) return null;
    return `Service ${service.name} is called at its first port, ${first.port}, and not at ${number ?? name}.`;
  }

  #tell(ingress: Ingress, isOurs: boolean): void {
    const { port } = this.#gateway;
    const before = ingress.status?.loadBalancer;
    if (!isOurs && before === undefined) return;
    const ports = [{ port: port!, protocol: "TCP" }];
    const loadBalancer = isOurs ? { ingress: [{ ip: "127.0.0.1", ports }] } : {};
    if (!sameJson(before, loadBalancer)) this.#store.setStatus(ingress, { loadBalancer });
  }
}
