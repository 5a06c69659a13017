/** The gateway's configuration as a text that people edit: what is as by default is left out. */
import { parse, stringify } from "yaml";
import { z } from "zod";
import {
  type GatewayConfig,
  parseGatewayConfig,
  type RouteConfig,
  type ServicePolicy,
} from "../../../workers/microservices/contract.ts";

export const languages = ["yaml", "json"] as const;
export type Language = (typeof languages)[number];

export type ReadConfig =
  | { readonly config: GatewayConfig; readonly problems: null }
  | { readonly config: null; readonly problems: readonly string[] };

/** Aliases that a text may use, so that a short one cannot grow without end. */
const aliasesMax = 50;
const problemsMax = 20;

const [plainRoute] = parseGatewayConfig({ routes: [{ name: "a" }] }).routes;
const [plainPolicy] = parseGatewayConfig({ policies: [{ service: "a" }] }).policies;

export function textOf({ routes, policies }: GatewayConfig, language: Language): string {
  const shown = {
    routes: routes.map((route) => without(route, plainRoute!, ["name"], wholeOfRoute)),
    policies: policies.map((policy) => without(policy, plainPolicy!, ["service"], wholeOfPolicy)),
  };
  return language === "json" ? `${JSON.stringify(shown, null, 2)}\n` : stringify(shown);
}

/** Every default filled in, or what is wrong with it in words. */
export function readConfig(text: string, language: Language): ReadConfig {
  let value: unknown;
  try {
    value =
      language === "json"
        ? (JSON.parse(text) as unknown)
        : (parse(text, { maxAliasCount: aliasesMax }) as unknown);
  } catch (error) {
    return { config: null, problems: [(error as Error).message] };
  }
  try {
    return { config: parseGatewayConfig(value ?? {}), problems: null };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const problems = error.issues.slice(0, problemsMax).map(({ path, message }) => {
      const at = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`));
      return `${at.join("").replace(/^\./, "") || "The whole"}: ${message}`;
    });
    return { config: null, problems };
  }
}

/** Parts that have no defaults of their own inside: shown whole or not at all. */
const wholeOfRoute: readonly (keyof RouteConfig)[] = ["path"];
const wholeOfPolicy: readonly (keyof ServicePolicy)[] = ["hashOn"];

function without<Part extends object>(
  part: Part,
  plain: Part,
  always: readonly (keyof Part)[],
  whole: readonly (keyof Part)[],
): Partial<Part> {
  const kept: Partial<Part> = {};
  for (const key of Object.keys(part) as (keyof Part)[]) {
    const [value, usual] = [part[key], plain[key]];
    if (always.includes(key)) kept[key] = value;
    else if (JSON.stringify(value) === JSON.stringify(usual)) continue;
    else if (isPlain(value) && isPlain(usual) && !whole.includes(key) && sameKeys(value, usual)) {
      kept[key] = without(value, usual, [], []) as Part[keyof Part];
    } else kept[key] = value;
  }
  return kept;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A record of free keys, such as headers, has other ones than the empty default. */
const sameKeys = (left: object, right: object): boolean =>
  Object.keys(left).toSorted().join() === Object.keys(right).toSorted().join();
