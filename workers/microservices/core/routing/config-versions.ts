/** The configuration in force and those before it: whole values, replaced at once, never changed. */
import type { ConfigVersion, GatewayConfig } from "../../contract.ts";
import { routingLimits } from "../../limits.ts";

interface Version {
  readonly version: number;
  readonly at: number;
  readonly note: string;
  readonly config: GatewayConfig;
}

const nothing: GatewayConfig = { routes: [], policies: [] };

export class ConfigVersions {
  #newest: Version = {
    version: 0,
    at: 0,
    note: "No routes",
    config: nothing,
  };
  /** In force last at the end; undo takes from there. */
  #before: Version[] = [];
  #log: ConfigVersion[] = [];
  /** Of the versions in the log. */
  #configs = new Map<number, GatewayConfig>();

  get current(): Version {
    return this.#newest;
  }

  /** Newest first. */
  get history(): readonly ConfigVersion[] {
    return this.#log.toReversed();
  }

  /** One that is in force or may still be looked at. */
  find(version: number): GatewayConfig | undefined {
    return this.#configs.get(version);
  }

  /** The caller has checked it. */
  apply(config: GatewayConfig, note: string, at: number): Version {
    this.#before = [...this.#before, this.#newest].slice(-routingLimits.versionsMax);
    return this.#take(config, note, at);
  }

  /** The one before, as a version of its own; undefined where there is none. */
  undo(at: number): Version | undefined {
    const before = this.#before.pop();
    if (before === undefined) return undefined;
    return this.#take(before.config, `As version ${before.version}`, at);
  }

  #take(config: GatewayConfig, note: string, at: number): Version {
    const version = this.#newest.version + 1;
    this.#newest = { version, at, note, config };
    const counts = { routes: config.routes.length, policies: config.policies.length };
    this.#log = [...this.#log, { version, at, note, ...counts }].slice(-routingLimits.versionsMax);
    this.#configs.set(version, config);
    this.#configs.delete(version - routingLimits.versionsMax);
    return this.#newest;
  }
}
