/** The mesh as a picture: groups first, their services when a group is opened. Pure. */
import type { Topology } from "../../../workers/microservices/contract.ts";
import { layeredLayout } from "./layered-layout.ts";

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
/** Wide enough for what an edge says. */
const gap = { x: 140, y: 26 } as const;

const groupOf = (service: Service, grouping: Grouping): string =>
  service[grouping] === "" ? "outside" : service[grouping];

function healthOf(pods: number, ready: number): PictureNode["health"] {
  if (pods === 0) return "unknown";
  return ready === pods ? "healthy" : ready === 0 ? "failed" : "degraded";
}

/** Who calls whom, as places in the list of services. */
export type Call = readonly [from: number, to: number];

/**
 * The place of a node depends on names and on who calls whom, never on readings: nothing jumps.
 * @param calls all that are known, whether there is traffic now or not
 */
export function pictureOf(
  services: readonly Service[],
  traffic: readonly Traffic[],
  calls: readonly Call[],
  grouping: Grouping,
  opened: ReadonlySet<string>,
): Picture {
  const groups = Map.groupBy(services, (service) => groupOf(service, grouping));
  const idOf = services.map((service) => {
    const group = groupOf(service, grouping);
    return opened.has(group) ? `${service.namespace}/${service.name}` : group;
  });
  const nodes = [...groups].flatMap(([name, members]) =>
    opened.has(name) ? members.map((each) => serviceNode(each, name)) : [groupNode(name, members)],
  );
  const { spots, columns, rows } = layeredLayout(
    nodes.map(({ id }) => id),
    calls.flatMap(([from, to]) => {
      const [start, end] = [idOf[from], idOf[to]];
      return start === undefined || end === undefined ? [] : [[start, end] as const];
    }),
  );
  const step = { x: nodeSize.width + gap.x, y: nodeSize.height + gap.y };
  return {
    nodes: nodes.map((node) => {
      const { column, row } = spots.get(node.id)!;
      return { ...node, x: column * step.x, y: row * step.y };
    }),
    edges: gathered(traffic, idOf),
    width: Math.max(0, columns * step.x - gap.x),
    height: Math.max(0, rows * step.y - gap.y),
  };
}

type Unplaced = Omit<PictureNode, "x" | "y">;

function groupNode(name: string, members: readonly Service[]): Unplaced {
  const pods = members.reduce((sum, each) => sum + each.pods, 0);
  const ready = members.reduce((sum, each) => sum + each.ready, 0);
  const services = members.length === 1 ? "1 service" : `${members.length} services`;
  return {
    id: name,
    label: name,
    detail: `${services}, ${ready}/${pods} pods`,
    group: name,
    isGroup: true,
    health: healthOf(pods, ready),
  };
}

function serviceNode(service: Service, group: string): Unplaced {
  const { namespace, name, pods, ready } = service;
  return {
    id: `${namespace}/${name}`,
    label: name,
    detail: `${group}, ${ready}/${pods} pods`,
    group,
    isGroup: false,
    health: healthOf(pods, ready),
  };
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
