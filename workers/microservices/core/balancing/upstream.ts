/** One service as the gateway sees it: its instances, its policy, and who of them may be asked now. */
import { chooseInstance } from "../balancer.ts";
import type { ServicePolicy } from "../../contract.ts";
import type { Endpoint } from "../endpoints.ts";
import type { Balancer, Pick } from "./balancer.ts";
import { balancers } from "./balancers.ts";
import { CircuitBreakers, envoyBreakerDefaults } from "./circuit-breakers.ts";
import { envoyOutlierDefaults, OutlierDetection } from "./outlier-detection.ts";
import { selectable } from "./selectable.ts";

/**
 * Where nobody set a policy: no panic, since for a service of one or two instances the threshold
 * would undo every ejection.
 */
export const implicitPolicy: Omit<ServicePolicy, "service"> = {
  balancer: "least-pending",
  hashOn: { kind: "client", name: "x-user" },
  weights: {},
  panicThresholdPercent: 0,
  outlier: envoyOutlierDefaults,
  breakers: envoyBreakerDefaults,
};

export class Upstream {
  readonly service: string;
  readonly outliers = new OutlierDetection(envoyOutlierDefaults);
  readonly breakers = new CircuitBreakers(envoyBreakerDefaults);
  policy: Omit<ServicePolicy, "service"> = implicitPolicy;
  hosts: readonly Endpoint[] = [];
  #balancer: Balancer = balancers[implicitPolicy.balancer]();
  #selected: readonly Endpoint[] = [];
  #selectedVersion = -1;
  #panic = false;
  #turn = 0;

  constructor(service: string) {
    this.service = service;
  }

  setPolicy(policy: Omit<ServicePolicy, "service">): void {
    if (policy.balancer !== this.policy.balancer) this.#balancer = balancers[policy.balancer]();
    this.policy = policy;
    this.outliers.setPolicy(policy.outlier);
    this.breakers.policy = policy.breakers;
    this.#weigh();
  }

  setHosts(hosts: readonly Endpoint[]): void {
    for (const host of hosts) if (host.cameBack) this.outliers.checkPassed(host.key);
    const isSame =
      hosts.length === this.hosts.length &&
      hosts.every((host, index) => host === this.hosts[index] && !host.changed);
    if (isSame) return;
    this.hosts = hosts;
    this.outliers.setHosts(hosts.map(({ key }) => key));
    this.#weigh();
  }

  #weigh(): void {
    for (const host of this.hosts) host.weight = this.policy.weights[host.id] ?? 1;
    this.#selectedVersion = -1;
  }

  /** Those that may be asked; the same array until something changes. */
  selected(now: number, random: () => number): readonly Endpoint[] {
    this.outliers.step(now, random);
    if (this.#selectedVersion === this.outliers.version) return this.#selected;
    this.#selectedVersion = this.outliers.version;
    // As in a Kubernetes Service, an instance that is not ready is no member; panic is of ejections.
    const ready = this.hosts
      .filter(({ healthy }) => healthy)
      .map((host) => ({ host, healthy: !this.outliers.isEjected(host.key) }));
    const { hosts, panic } = selectable(ready, this.policy.panicThresholdPercent);
    this.#selected = hosts.map(({ host }) => host);
    this.#panic = panic;
    return this.#selected;
  }

  get panic(): boolean {
    return this.#panic;
  }

  /**
   * `tried`: keys that this request failed on; asked again only when nobody else is left.
   * @param mayAsk null: whoever is selected
   */
  choose(
    pick: Pick,
    tried: ReadonlySet<string> | undefined,
    mayAsk: ((host: Endpoint) => boolean) | null = null,
  ): Endpoint | undefined {
    const selected = this.selected(pick.nowMs, pick.random);
    const isWhole = mayAsk === null || selected.every(mayAsk);
    const hosts = isWhole ? selected : selected.filter(mayAsk);
    const index = this.#balancer.pick(hosts, pick);
    const chosen = hosts[index];
    if (chosen === undefined || tried === undefined || !tried.has(chosen.key)) return chosen;
    return chooseInstance(hosts, this.#turn++, tried);
  }
}
