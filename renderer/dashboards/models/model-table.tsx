import { useMemo } from "react";
import type { ModelSummary } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { bytes, duration, number, text } from "../../components/format.ts";

interface ModelTableProps {
  readonly models: readonly ModelSummary[];
  readonly selected: string | undefined;
  readonly onOpen: (name: string) => void;
}

export function ModelTable({ models, selected, onOpen }: ModelTableProps) {
  const columns = useMemo(() => columnsFor(onOpen), [onOpen]);
  return (
    <DataTable
      label="Models"
      columns={columns}
      rows={models}
      rowKey={({ name }) => name}
      selectedKey={selected}
      onOpen={({ name }) => onOpen(name)}
      heightMax={320}
      empty="No model yet. Add an ONNX file on the right, or by the curl line of Connections: POST /api/analytics/registry/models/NAME/versions."
    />
  );
}

export const aliasWords = ({ alias, targets, shadow }: ModelSummary["aliases"][number]): string => {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const parts = targets.map(({ version, weight }) =>
    targets.length === 1 ? `${version}` : `${version} (${Math.round((weight / total) * 100)} %)`,
  );
  return `${alias} → ${parts.join(", ")}${shadow === null ? "" : `, shadow ${shadow}`}`;
};

const milliseconds = (value: number | null) =>
  value === null ? <span className="soft">none</span> : text(duration(value));

function columnsFor(onOpen: (name: string) => void): Column<ModelSummary>[] {
  return [
    {
      id: "name",
      header: "Model",
      value: ({ name }) => name,
      cell: ({ name }) => (
        <button
          type="button"
          className="link"
          aria-label={`Open ${name}`}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(name);
          }}
        >
          {name}
        </button>
      ),
    },
    {
      id: "versions",
      header: "Versions",
      value: ({ versions }) => versions,
      numeric: true,
      width: "90px",
    },
    {
      id: "aliases",
      header: "Aliases",
      value: ({ aliases }) => aliases.map(aliasWords).join("; "),
      cell: ({ aliases }) =>
        aliases.length === 0 ? (
          <span className="soft">none: the newest answers</span>
        ) : (
          aliases.map(aliasWords).join("; ")
        ),
    },
    {
      id: "requests",
      header: "Requests",
      value: ({ requests }) => requests,
      cell: ({ requests }) => number(requests),
      numeric: true,
      width: "100px",
    },
    {
      id: "p50",
      header: "p50",
      value: ({ p50Ms }) => p50Ms,
      cell: ({ p50Ms }) => milliseconds(p50Ms),
      numeric: true,
      width: "90px",
    },
    {
      id: "p99",
      header: "p99",
      value: ({ p99Ms }) => p99Ms,
      cell: ({ p99Ms }) => milliseconds(p99Ms),
      numeric: true,
      width: "90px",
    },
    {
      id: "bytes",
      header: "Size",
      value: (model) => model.bytes,
      cell: (model) => text(bytes(model.bytes)),
      numeric: true,
      width: "100px",
    },
  ];
}
