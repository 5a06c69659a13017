import type { Column } from "../../components/data-table.tsx";
import { duration, number, text } from "../../components/format.ts";
import type { RouteRow } from "./gateway-rows.ts";

const sources = {
  configuration: "configuration",
  ingress: "Ingress object",
  service: "every service",
} as const;

const ms = (value: number | null) =>
  value === null ? <span className="soft">none</span> : text(duration(value));

function count(
  id: string,
  header: string,
  value: (row: RouteRow) => number | null,
): Column<RouteRow> {
  const cell = (row: RouteRow) => {
    const known = value(row);
    return known === null ? <span className="soft">none</span> : number(known);
  };
  return { id, header, value, cell, numeric: true };
}

export const routeColumns: readonly Column<RouteRow>[] = [
  { id: "route", header: "Route", value: ({ name }) => name },
  { id: "from", header: "From", value: ({ source }) => sources[source] },
  { id: "host", header: "Host", value: ({ hosts }) => hosts },
  { id: "path", header: "Path", value: ({ path }) => path },
  { id: "if", header: "Only if", value: ({ conditions }) => conditions },
  { id: "to", header: "To", value: ({ to }) => to },
  count("rate", "Req/s", ({ requestsPerSecond }) => requestsPerSecond),
  count("requests", "Requests", ({ requests }) => requests),
  count("errors", "Errors", ({ errors }) => errors),
  {
    id: "p50",
    header: "p50",
    value: ({ latency }) => latency.p50Ms,
    cell: ({ latency }) => ms(latency.p50Ms),
    numeric: true,
  },
  {
    id: "p99",
    header: "p99",
    value: ({ latency }) => latency.p99Ms,
    cell: ({ latency }) => ms(latency.p99Ms),
    numeric: true,
  },
  count("retries", "Retries", ({ retries }) => retries),
  count("hedges", "Hedges", ({ hedges }) => hedges),
  { id: "limit", header: "Rate limit", value: ({ limits }) => limits },
  count("refused", "Refused", ({ refused }) => refused),
];
