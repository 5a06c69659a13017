/** Events of the core group and of events.k8s.io: the same objects under two sets of names. */
import type { Event } from "kubernetes-types/core/v1";
import type { JsonObject } from "../../../core/machinery/json.ts";
import type { KubeObject } from "../../../core/store/objects.ts";

/** pkg/apis/events/v1/conversion.go: the newer names, and the older fields as deprecated ones. */
export function eventToEvents(object: KubeObject): KubeObject {
  const { involvedObject, message, count, firstTimestamp, lastTimestamp, source, ...rest } =
    object as unknown as Event;
  const { reportingComponent, ...kept } = rest;
  return {
    ...kept,
    apiVersion: "events.k8s.io/v1",
    regarding: involvedObject,
    ...(message !== undefined && { note: message }),
    ...(reportingComponent && { reportingController: reportingComponent }),
    ...(count !== undefined && { deprecatedCount: count }),
    ...(firstTimestamp !== undefined && { deprecatedFirstTimestamp: firstTimestamp }),
    ...(lastTimestamp !== undefined && { deprecatedLastTimestamp: lastTimestamp }),
    ...(source !== undefined && { deprecatedSource: source }),
  } as unknown as KubeObject;
}

const renamed: Readonly<Record<string, string>> = {
  regarding: "involvedObject",
  note: "message",
  reportingController: "reportingComponent",
  deprecatedCount: "count",
  deprecatedFirstTimestamp: "firstTimestamp",
  deprecatedLastTimestamp: "lastTimestamp",
  deprecatedSource: "source",
};

export function eventToCore(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([key, value]) => [renamed[key] ?? key, value]);
  return { ...Object.fromEntries(entries), apiVersion: "v1" } as JsonObject;
}
