/** Where nodes stand and which way the last requests went; the list beside it is its twin. */
import { geoNaturalEarth1, geoPath } from "d3-geo";
import { feature, mesh } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import world from "world-atlas/countries-110m.json";
import type { EdgeNode, RequestRecord } from "../../../workers/edge/contract.ts";
import classes from "./edge.module.css";

const width = 960;
const height = 470;
/** More lines than this hide each other. */
const routesMax = 24;

const topology = world as unknown as Topology<{
  countries: GeometryCollection;
  land: GeometryCollection;
}>;
const projection = geoNaturalEarth1().fitExtent(
  [
    [2, 2],
    [width - 2, height - 2],
  ],
  { type: "Sphere" },
);
const path = geoPath(projection);
const land = path(feature(topology, topology.objects.land)) ?? "";
const borders = path(mesh(topology, topology.objects.countries, (a, b) => a !== b)) ?? "";

interface EdgeMapProps {
  readonly nodes: readonly EdgeNode[];
  readonly requests: readonly RequestRecord[];
  readonly selected: string | undefined;
  readonly onOpen: (id: string) => void;
}

export default function EdgeMap({ nodes, requests, selected, onOpen }: EdgeMapProps) {
  const healthy = nodes.filter(({ state }) => state === "healthy").length;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className={classes.map}
      role="group"
      aria-label={`World map: ${healthy} of ${nodes.length} nodes healthy, the last ${routesMax} routes as lines`}
    >
      <path d={land} className={classes.land} />
      <path d={borders} className={classes.borders} />
      <Routes nodes={nodes} requests={requests} />
      {nodes.map((node) => (
        <NodeMark
          key={node.id}
          node={node}
          labelLeft={hasNeighbourRight(node, nodes)}
          selected={node.id === selected}
          onOpen={() => onOpen(node.id)}
        />
      ))}
    </svg>
  );
}

function Routes({
  nodes,
  requests,
}: {
  readonly nodes: readonly EdgeNode[];
  readonly requests: readonly RequestRecord[];
}) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const newest = requests[0]?.requestId;
  return requests
    .slice(0, routesMax)
    .toReversed()
    .map(({ requestId, node: id, from, cache }) => {
      const to = byId.get(id);
      const client = projection([from.longitude, from.latitude]);
      if (to === undefined || client === null) return null;
      const line = path({
        type: "LineString",
        coordinates: [
          [from.longitude, from.latitude],
          [to.longitude, to.latitude],
        ],
      });
      return (
        <g
          key={requestId}
          className={classes.route}
          data-newest={requestId === newest || undefined}
        >
          <path d={line ?? ""} strokeDasharray={cache === "hit" ? "3 3" : undefined} />
          <rect x={client[0] - 2.5} y={client[1] - 2.5} width={5} height={5} />
        </g>
      );
    });
}

/** Room that a label of usual length needs. */
const labelWidth = 64;
const labelHeight = 14;

/** Whether a label to the right would run into another node or its label. */
function hasNeighbourRight(node: EdgeNode, nodes: readonly EdgeNode[]): boolean {
  const at = projection([node.longitude, node.latitude]);
  if (at === null) return false;
  return nodes.some((other) => {
    const there = projection([other.longitude, other.latitude]);
    if (other.id === node.id || there === null) return false;
    const [right, down] = [there[0] - at[0], there[1] - at[1]];
    return right > 0 && right < labelWidth && Math.abs(down) < labelHeight;
  });
}

function NodeMark({
  node,
  labelLeft,
  selected,
  onOpen,
}: {
  readonly node: EdgeNode;
  readonly labelLeft: boolean;
  readonly selected: boolean;
  readonly onOpen: () => void;
}) {
  const at = projection([node.longitude, node.latitude]);
  if (at === null) return null;
  const [x, y] = at;
  const label = `${node.place}, ${node.state}, ${node.completed} answered`;
  return (
    <g
      transform={`translate(${x} ${y})`}
      className={classes.node}
      data-state={node.state}
      data-selected={selected || undefined}
      role="button"
      tabIndex={0}
      aria-label={label}
      onClick={onOpen}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        onOpen();
      }}
    >
      <title>{label}</title>
      <circle r={12} className={classes.target} />
      {node.state === "healthy" ? <circle r={5} /> : <path d="M0 -6.5 6.5 0 0 6.5 -6.5 0Z" />}
      <text x={labelLeft ? -8 : 8} y={4} textAnchor={labelLeft ? "end" : "start"}>
        {node.place}
      </text>
    </g>
  );
}
