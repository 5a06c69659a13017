import { Button, FileButton, NativeSelect } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { type ApiClient, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./automl.module.css";
import { uploadTable } from "./upload-table.ts";

type Details = Awaited<ReturnType<ApiClient["analytics"]["datasets"]["get"]>>;
type Statistics = Details["statistics"][number];

const columns: readonly Column<Statistics>[] = [
  { id: "name", header: "Column", value: ({ name }) => name },
  { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "100px" },
  {
    id: "missing",
    header: "Missing",
    value: ({ missing }) => missing,
    numeric: true,
    width: "90px",
  },
  {
    id: "distinct",
    header: "Distinct",
    value: ({ distinct }) => distinct,
    numeric: true,
    width: "90px",
  },
  { id: "values", header: "Values", value: valuesText },
];

function valuesText({ kind, numbers, levels }: Statistics): string {
  if (numbers === null)
    return levels
      .slice(0, 4)
      .map(({ level, count }) => `${level} ${count}`)
      .join(", ");
  const show = (value: number) =>
    kind === "date"
      ? new Date(value).toISOString().slice(0, 10)
      : number(Number(value.toPrecision(4)));
  return `${show(numbers.min)} to ${show(numbers.max)}, median ${show(numbers.median)}`;
}

/** Choosing or bringing a table, and what its columns hold. */
export function TablePanel(props: {
  readonly table: string;
  readonly onTable: (id: string) => void;
}) {
  const { table, onTable } = props;
  const [share, setShare] = useState<number | null>(null);
  const mayOperate = useMay("operator");
  const queries = useQueryClient();
  const list = useQuery(orpc.analytics.datasets.list.queryOptions({ input: {} }));
  const details = useQuery(orpc.analytics.datasets.get.queryOptions({ input: { id: table } }));
  const upload = useMutation({
    mutationFn: (file: File) => uploadTable(file, setShare),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: orpc.analytics.datasets.list.key() });
      onTable(id);
    },
    onSettled: () => setShare(null),
  });
  const error = upload.error ?? list.error ?? details.error;
  return (
    <Panel title="Table" id="table">
      <div className={classes.padded}>
        <div className={classes.row}>
          <NativeSelect
            label="Table to learn from"
            value={table}
            onChange={(event) => onTable(event.currentTarget.value)}
            data={(list.data?.datasets ?? []).map(({ id, name, rows }) => ({
              value: id,
              label: `${name} (${number(rows)} rows)`,
            }))}
          />
          <FileButton
            accept=".csv,.tsv,.json,.jsonl,.ndjson,.parquet"
            disabled={!mayOperate}
            onChange={(file) => {
              if (file !== null) upload.mutate(file);
            }}
          >
            {(file) => (
              <Button {...file} variant="default" loading={upload.isPending} disabled={!mayOperate}>
                Bring a table
              </Button>
            )}
          </FileButton>
          {share !== null && <span role="status">{Math.round(100 * share)} % brought</span>}
        </div>
        {error && <ProblemView error={error} />}
        {details.data?.source && <p className="soft">{details.data.source}</p>}
        {details.data && details.data.warnings.length > 0 && (
          <ul className={classes.notes} aria-label="Warnings">
            {details.data.warnings.map((warning) => (
              <li key={warning} data-severity="warning">
                {warning}
              </li>
            ))}
          </ul>
        )}
      </div>
      {details.isPending && <LoadingSkeleton rows={4} />}
      {details.data && (
        <DataTable
          label="Columns"
          columns={columns}
          rows={details.data.statistics}
          rowKey={({ name }) => name}
          heightMax={320}
        />
      )}
    </Panel>
  );
}
