/** What becomes of a request besides reaching its service: split, mirrored, delayed or aborted. */
import type { Labels } from "../store/selectors.ts";
import { policyLimits } from "./limits.ts";

export type Delay =
  | { readonly kind: "fixed"; readonly ms: number }
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "exponential"; readonly meanMs: number }
  | { readonly kind: "normal"; readonly meanMs: number; readonly deviationMs: number };

export interface Subset {
  readonly name: string;
  /** Endpoints with all of these labels. */
  readonly labels: Labels;
  readonly weight: number;
  /** The endpoints of another service in place of the one that was asked. */
  readonly service?: { readonly namespace: string; readonly name: string; readonly port: number };
}

export interface TrafficRule {
  readonly namespace: string;
  readonly service: string;
  /** Of the rules of a service the first that means the request is followed. */
  readonly match?: {
    readonly method?: string;
    readonly pathPrefix?: string;
    /** Whole elements: "/a" means "/a" and "/a/b", and not "/ab" (Gateway API, PathPrefix). */
    readonly pathElements?: string;
    readonly pathExact?: string;
    /** By names in lower case, exact values. */
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly split?: {
    readonly subsets: readonly Subset[];
    /** Requests with the same value of this header get the same subset. */
    readonly stickyHeader?: string;
  };
  readonly mirror?: {
    readonly namespace: string;
    readonly service: string;
    /** Of that service; by default the one that was asked for. */
    readonly port?: number;
    /** 0 to 100. */
    readonly percent: number;
  };
  readonly delay?: { readonly percent: number; readonly delay: Delay };
  readonly abort?: { readonly percent: number; readonly status: number };
}

export interface TrafficRequest {
  readonly method?: string;
  /** With the query. */
  readonly path: string;
  /** By a name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface TrafficDecision {
  /** Null: every endpoint of the service. */
  readonly subset: Subset | null;
  readonly mirrorTo: {
    readonly namespace: string;
    readonly service: string;
    readonly port?: number;
  } | null;
  readonly delayMs: number;
  readonly abortStatus: number | null;
}

const plain: TrafficDecision = { subset: null, mirrorTo: null, delayMs: 0, abortStatus: null };

export class TrafficRules {
  readonly #byService: ReadonlyMap<string, readonly TrafficRule[]>;

  /** @throws RangeError for rules that cannot be followed, saying which */
  constructor(rules: readonly TrafficRule[]) {
    if (rules.length > policyLimits.trafficRulesMax) {
      throw new RangeError(`At most ${policyLimits.trafficRulesMax} traffic rules.`);
    }
    for (const rule of rules) {
      const wrong = faultOf(rule);
      if (wrong !== null) throw new RangeError(`${rule.namespace}/${rule.service}: ${wrong}`);
    }
    this.#byService = Map.groupBy(rules, ({ namespace, service }) => `${namespace}/${service}`);
  }

  decide(namespace: string, service: string, request: TrafficRequest): TrafficDecision {
    const rule = this.#byService
      .get(`${namespace}/${service}`)
      ?.find(({ match }) => match === undefined || isMeant(match, request));
    if (rule === undefined) return plain;
    const { split, mirror, delay, abort } = rule;
    const { random } = request;
    return {
      subset: split === undefined ? null : chooseSubset(split, request),
      mirrorTo: mirror !== undefined && happens(mirror.percent, random) ? mirror : null,
      delayMs:
        delay !== undefined && happens(delay.percent, random) ? drawDelay(delay.delay, random) : 0,
      abortStatus: abort !== undefined && happens(abort.percent, random) ? abort.status : null,
    };
  }
}

function happens(percent: number, random: () => number): boolean {
  return random() * 100 < percent;
}

function isMeant(
  rule: NonNullable<TrafficRule["match"]>,
  { method, path, header }: TrafficRequest,
): boolean {
  const { pathPrefix, pathElements, pathExact, headers } = rule;
  if (rule.method !== undefined && rule.method !== method) return false;
  if (pathPrefix !== undefined && !path.startsWith(pathPrefix)) return false;
  if (pathElements !== undefined || pathExact !== undefined) {
    const bare = path.split("?", 1)[0]!;
    if (pathExact !== undefined && bare !== pathExact) return false;
    if (pathElements !== undefined && !hasElements(bare, pathElements)) return false;
  }
  return Object.entries(headers ?? {}).every(([name, value]) => header(name) === value);
}

function hasElements(path: string, prefix: string): boolean {
  const bare = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  return path === bare || path.startsWith(`${bare}/`);
}

function chooseSubset(
  { subsets, stickyHeader }: NonNullable<TrafficRule["split"]>,
  { header, random }: TrafficRequest,
): Subset {
  const value = stickyHeader === undefined ? undefined : header(stickyHeader);
  const place = value === undefined ? random() : hashFraction(value);
  const total = subsets.reduce((sum, { weight }) => sum + weight, 0);
  let left = place * total;
  for (const subset of subsets) {
    left -= subset.weight;
    if (left < 0) return subset;
  }
  return subsets.findLast(({ weight }) => weight > 0)!;
}

/** In milliseconds, at most `delayMsMax`. */
export function drawDelay(delay: Delay, random: () => number): number {
  return Math.min(Math.max(0, drawn(delay, random)), policyLimits.delayMsMax);
}

function drawn(delay: Delay, random: () => number): number {
  switch (delay.kind) {
    case "fixed":
      return delay.ms;
    case "uniform":
      return delay.minMs + random() * (delay.maxMs - delay.minMs);
    case "exponential":
      return -Math.log(1 - random()) * delay.meanMs;
    default: {
      // Box and Muller (1958).
      const radius = Math.sqrt(-2 * Math.log(1 - random()));
      return delay.meanMs + delay.deviationMs * radius * Math.cos(2 * Math.PI * random());
    }
  }
}

/** FNV-1a, then MurmurHash3's finalizer, since FNV alone leaves the high bits of like texts alike. */
function hashFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** What is wrong with a rule, in words; null: nothing. */
function faultOf({ split, mirror, delay, abort }: TrafficRule): string | null {
  const percents = [mirror?.percent, delay?.percent, abort?.percent];
  if (percents.some((percent) => percent !== undefined && !(percent >= 0 && percent <= 100))) {
    return "a percentage is from 0 to 100.";
  }
  if (abort !== undefined && !(Number.isInteger(abort.status) && isAnswerStatus(abort.status))) {
    return "an abort has a status from 200 to 599.";
  }
  if (delay !== undefined) {
    const { kind: _, ...numbers } = delay.delay;
    const isSane = (ms: number) => ms >= 0 && ms <= policyLimits.delayMsMax;
    if (!Object.values(numbers).every(isSane)) {
      return `a delay is from 0 to ${policyLimits.delayMsMax} ms.`;
    }
  }
  if (split === undefined) return null;
  const { subsets } = split;
  const isWeight = ({ weight }: Subset) => Number.isFinite(weight) && weight >= 0;
  if (subsets.length > policyLimits.subsetsMax || !subsets.every(isWeight)) {
    return `a split has at most ${policyLimits.subsetsMax} subsets, whose weights are not negative.`;
  }
  return subsets.some(({ weight }) => weight > 0) ? null : "a split has a weight above 0.";
}

function isAnswerStatus(status: number): boolean {
  return status >= 200 && status <= 599;
}
