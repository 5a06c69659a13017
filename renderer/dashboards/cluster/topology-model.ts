/** The mesh as a picture: groups first, their services when a group is opened. Pure. */
import type { Topology } from "../../../workers/microservices/contract.ts";

export interface PictureNode {
  readonly id: string;
  readonly label: string;
  readonly detail: string;
  readonly group: string;
  readonly isGroup: boolean;
  readonly health: "healthy" | "degraded" | "failed" | "unknown";
  readonly x: number;
  readonly y: number;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  /** The worst of the edges that it stands for. */
  readonly p99Ms: number | null;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
  readonly width: number;
  readonly height: number;
}

export type Grouping = "namespace" | "zone";
type Service = Topology["services"][number];
type Traffic = Topology["now"]["edges"][number];

export const nodeSize = { width: 150, height: 44 } as const;
const gap = { x: 40, y: 28 } as const;

const groupOf = (service: Service, grouping: Grouping): string =>
  service[grouping] === "" ? "outside" : service[grouping];

function healthOf(pods: number, ready: number): PictureNode["health"] {
  if (pods === 0) return "unknown";
  return ready === pods ? "healthy" : ready === 0 ? "failed" : "degraded";
}

/** The place of a node depends on names alone, never on readings: nothing jumps. */
export function pictureOf(
  services: readonly Service[],
  traffic: readonly Traffic[],
  grouping: Grouping,
  opened: ReadonlySet<string>,
): Picture {
  const groups = Map.groupBy(services, (service) => groupOf(service, grouping));
  const names = [...groups.keys()].toSorted();
  const idOf = services.map((service) => {
    const group = groupOf(service, grouping);
    return opened.has(group) ? `${service.namespace}/${service.name}` : group;
  });
  const nodes: PictureNode[] = [];
  let y = 0;
  let width = 0;
  const closed = names.filter((name) => !opened.has(name));
  const shown =
    closed.length + services.filter((each) => opened.has(groupOf(each, grouping))).length;
  // About as wide as a window is.
  const columns = Math.max(1, Math.ceil(Math.sqrt(shown)));
  const place = (index: number, top: number) => {
    const x = (index % columns) * (nodeSize.width + gap.x);
    width = Math.max(width, x + nodeSize.width);
    return { x, y: top + Math.floor(index / columns) * (nodeSize.height + gap.y) };
  };
  const rows = (count: number) => Math.ceil(count / columns);
  for (const [index, name] of closed.entries()) {
    const members = groups.get(name)!;
    const pods = members.reduce((sum, each) => sum + each.pods, 0);
    const ready = members.reduce((sum, each) => sum + each.ready, 0);
    const detail = `${members.length} services, ${ready}/${pods} pods`;
    const at = place(index, y);
    nodes.push({
      id: name,
      label: name,
      detail,
      group: name,
      isGroup: true,
      health: healthOf(pods, ready),
      ...at,
    });
  }
  y += rows(closed.length) * (nodeSize.height + gap.y);
  for (const name of names.filter((each) => opened.has(each))) {
    const members = groups.get(name)!.toSorted((left, right) => (left.name < right.name ? -1 : 1));
    for (const [index, service] of members.entries()) {
      const at = place(index, y);
      nodes.push({
        id: `${service.namespace}/${service.name}`,
        label: service.name,
        detail: `${name}, ${service.ready}/${service.pods} pods`,
        group: name,
        isGroup: false,
        health: healthOf(service.pods, service.ready),
        ...at,
      });
    }
    y += rows(members.length) * (nodeSize.height + gap.y);
  }
  return { nodes, edges: gathered(traffic, idOf), width, height: Math.max(0, y - gap.y) };
}

function gathered(traffic: readonly Traffic[], idOf: readonly string[]): PictureEdge[] {
  const edges = new Map<string, { -readonly [Key in keyof PictureEdge]: PictureEdge[Key] }>();
  for (const { from, to, requestsPerSecond, errorsPerSecond, p99Ms } of traffic) {
    const [start, end] = [idOf[from], idOf[to]];
    if (start === undefined || end === undefined || start === end) continue;
    const key = `${start}>${end}`;
    const edge = edges.get(key);
    if (edge === undefined) {
      edges.set(key, { from: start, to: end, requestsPerSecond, errorsPerSecond, p99Ms });
    } else {
      edge.requestsPerSecond += requestsPerSecond;
      edge.errorsPerSecond += errorsPerSecond;
      if (p99Ms !== null) edge.p99Ms = Math.max(edge.p99Ms ?? 0, p99Ms);
    }
  }
  return [...edges.values()];
}
