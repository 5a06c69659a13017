/** Who was ever seen to call whom on this page: an edge that falls silent does not move the nodes. */
import { useMemo, useState } from "react";
import type { Topology } from "../../../workers/microservices/contract.ts";
import type { Call } from "./topology-model.ts";

/** Beyond these, further ones change no places. */
const knownMax = 5_000;

export function useKnownCalls(
  services: Topology["services"] | undefined,
  traffic: Topology["now"]["edges"] | undefined,
): readonly Call[] {
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());
  const ids = useMemo(
    () => (services ?? []).map(({ namespace, name }) => `${namespace}/${name}`),
    [services],
  );
  const fresh = (traffic ?? [])
    .map(({ from, to }) => `${ids[from]}>${ids[to]}`)
    .filter((call) => !known.has(call));
  // While drawing, as React has it for state that follows from what is given.
  if (fresh.length > 0 && known.size + fresh.length <= knownMax) {
    setKnown(new Set([...known, ...fresh]));
  }
  return useMemo(() => {
    const places = new Map(ids.map((id, place) => [id, place]));
    return [...known].map((call): Call => {
      const [from = "", to = ""] = call.split(">");
      return [places.get(from) ?? -1, places.get(to) ?? -1];
    });
  }, [known, ids]);
}
