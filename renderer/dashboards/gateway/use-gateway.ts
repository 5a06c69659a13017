/** The gateway while somebody looks at it: its routes, and its measures with those before. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import type { Reading } from "./gateway-rows.ts";

const measuresMs = 2_000;
const configMs = 5_000;
const { gateway } = orpc.microservices;

export function useGateway() {
  const often = useRefresh(measuresMs);
  const config = useQuery(
    gateway.config.queryOptions({ input: {}, refetchInterval: useRefresh(configMs) }),
  );
  const measures = useQuery(gateway.measures.queryOptions({ input: {}, refetchInterval: often }));
  const implicit = useQuery(gateway.routes.queryOptions({ input: {}, refetchInterval: often }));
  return { config, measures, implicit, ...useReadings(measures.data, measures.dataUpdatedAt) };
}

/** The newest answer and the one before it. */
function useReadings(measures: Reading["measures"] | undefined, at: number) {
  const [kept, setKept] = useState<{
    readonly now: Reading | null;
    readonly before: Reading | null;
  }>({ now: null, before: null });
  // While drawing, as React has it for state that follows from what is given.
  if (measures !== undefined && kept.now?.at !== at) {
    setKept({ now: { at, measures }, before: kept.now });
  }
  return kept;
}
