/** The pipelines that the platform comes with. What they read and write is passed in. */
import type { PredictOutput } from "../../analytics/contract.ts";
import type { ProcessOutput } from "../../edge/contract.ts";
import type { SearchOutput } from "../../quantum/contract.ts";
import { testLimits } from "../limits.ts";
import { canonicalJson, sha256 } from "./canonical-json.ts";
import { dataFlow, type DataFlow } from "./data-flow.ts";

export interface FlowPorts {
  readonly isPresent: (component: string) => boolean;
  /** A Grover search with a measurement at its end. */
  readonly measure: () => Promise<SearchOutput>;
  readonly propose: (command: string) => Promise<unknown>;
  readonly requestsBySecond: () => Promise<RequestCounts>;
  readonly forecast: (series: number[]) => Promise<PredictOutput>;
  /** How late each thread's event loop is, 99th percentile. */
  readonly eventLoopDelaysMs: () => Promise<readonly number[]>;
  readonly statistics: (data: number[]) => Promise<ProcessOutput>;
}

export interface RequestCounts {
  /** By second since the epoch, oldest first; quiet seconds are absent. */
  readonly counts: readonly { readonly second: number; readonly requests: number }[];
  /** The second that has not ended yet. */
  readonly presentSecond: number;
}

const retry = {
  attemptsMax: testLimits.flowAttemptsMax,
  retryDelayMs: testLimits.flowRetryDelayMs,
};

export function platformDataFlows(ports: FlowPorts): readonly DataFlow[] {
  const present = (component: string) => () => ports.isPresent(component);
  const always = () => true;
  return [
    dataFlow({
      name: "measurement-to-agreement",
      summary: "A quantum measurement is sealed by its hash and put into the replicated log",
      source: { name: "quantum.search", isPresent: present("quantum"), run: ports.measure },
      transform: { name: "seal", run: seal },
      target: { name: "consensus.propose", isPresent: present("consensus"), run: ports.propose },
      ...retry,
    }),
    dataFlow({
      name: "requests-to-forecast",
      summary: "The platform's recorded requests a second become a forecast of the next ones",
      source: { name: "integration.spans", isPresent: always, run: ports.requestsBySecond },
      transform: { name: "fill quiet seconds", run: filledSeries },
      target: { name: "analytics.predict", isPresent: present("analytics"), run: ports.forecast },
      ...retry,
    }),
    dataFlow({
      name: "delays-to-statistics",
      summary: "The event-loop delays of all threads are summed up on an edge node",
      source: { name: "platform.state", isPresent: always, run: ports.eventLoopDelaysMs },
      transform: { name: "to data", run: (delays: readonly number[]) => [...delays] },
      target: { name: "edge.process", isPresent: present("edge"), run: ports.statistics },
      ...retry,
    }),
  ];
}

/** The measured item with the hash of the whole measurement, so that it cannot be changed later. */
export function seal(measurement: SearchOutput): string {
  const { item, measuredState, seed } = measurement;
  const hash = sha256(canonicalJson(measurement));
  return canonicalJson({ kind: "measurement", item, measuredState, seed, sha256: hash });
}

/** One value for every whole second from the first recorded to the present, zero where it was quiet. */
export function filledSeries({ counts, presentSecond }: RequestCounts): number[] {
  const first = counts[0]?.second ?? presentSecond;
  const series = Array.from({ length: Math.max(0, presentSecond - first) }, () => 0);
  for (const { second, requests } of counts) {
    if (second < presentSecond) series[second - first] = requests;
  }
  return series;
}
