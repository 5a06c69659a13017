/** Puts endpoints into slices so that a change touches few of them (k8s.io/endpointslice reconciler). */
import type { Endpoint, EndpointPort } from "kubernetes-types/discovery/v1";
import { sameJson } from "../../store/equal.ts";
import type { SliceContent } from "./endpoint-slices.ts";

export interface PackedSlice<Slice> extends SliceContent {
  /** The slice that has this content from now on; null: a new one. */
  readonly slice: Slice | null;
}

interface Present {
  readonly ports?: EndpointPort[];
  readonly endpoints: Endpoint[];
}

/**
 * Endpoints stay in the slices where they are. Those that are new fill slices with room, and then
 * new ones of `most` endpoints. Slices of `present` that the answer does not name are not needed.
 */
export function packSlices<Slice extends Present>(
  groups: readonly SliceContent[],
  present: readonly Slice[],
  most: number,
): PackedSlice<Slice>[] {
  // A service without pods has one empty slice.
  const wanted = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  const free = new Set(present);
  return wanted.flatMap(({ ports, endpoints }) => {
    const own = [...free].filter((slice) => sameJson(slice.ports ?? [], ports));
    for (const slice of own) free.delete(slice);
    return packGroup(ports, endpoints, own, most);
  });
}

function packGroup<Slice extends Present>(
  ports: EndpointPort[],
  endpoints: readonly Endpoint[],
  own: readonly Slice[],
  most: number,
): PackedSlice<Slice>[] {
  const left = new Map(endpoints.map((endpoint) => [markOf(endpoint), endpoint]));
  const packed = own.map((slice): PackedSlice<Slice> => {
    const kept: Endpoint[] = [];
    for (const endpoint of slice.endpoints) {
      const now = left.get(markOf(endpoint));
      if (now === undefined || kept.length >= most) continue;
      kept.push(now);
      left.delete(markOf(endpoint));
    }
    return { slice, ports, endpoints: kept };
  });
  const rest = [...left.values()];
  // Fuller slices first, so that the others may empty.
  for (const { endpoints: there } of packed.toSorted(
    (a, b) => b.endpoints.length - a.endpoints.length,
  )) {
    there.push(...rest.splice(0, most - there.length));
  }
  while (rest.length > 0) packed.push({ slice: null, ports, endpoints: rest.splice(0, most) });
  const filled = packed.filter((each) => each.endpoints.length > 0);
  if (filled.length > 0) return filled;
  return [packed[0] ?? { slice: null, ports, endpoints: [] }];
}

const markOf = ({ addresses, targetRef }: Endpoint): string =>
  `${targetRef?.uid ?? ""} ${addresses[0] ?? ""}`;
