import { Button, NativeSelect } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { forecastOrderValuesMax } from "../../../workers/analytics/contract.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import classes from "./forecasts.module.css";

const pageRows = 500;

/** A numeric column of a table that AutoML holds, in the order of its rows. */
export function DatasetColumn({ onText }: { readonly onText: (text: string) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [table, setTable] = useState("");
  const [chosen, setChosen] = useState("");
  const list = useQuery({
    ...orpc.analytics.datasets.list.queryOptions({ input: {} }),
    enabled: isOpen,
  });
  const id = table === "" ? (list.data?.datasets[0]?.id ?? "") : table;
  const details = useQuery({
    ...orpc.analytics.datasets.get.queryOptions({ input: { id } }),
    enabled: isOpen && id !== "",
  });
  const columns = (details.data?.statistics ?? []).filter(
    ({ kind }) => kind === "number" || kind === "integer",
  );
  const column = columns.find(({ name }) => name === chosen) ?? columns[0];
  const take = useMutation({
    mutationFn: (name: string) => columnText(id, name, details.data?.rows ?? 0),
    onSuccess: onText,
  });
  const error = list.error ?? details.error ?? take.error;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>From a table of AutoML</summary>
      <div className={classes.row}>
        <NativeSelect
          label="Table"
          value={id}
          onChange={(event) => setTable(event.currentTarget.value)}
          data={(list.data?.datasets ?? []).map(({ id: value, name }) => ({ value, label: name }))}
        />
        <NativeSelect
          label="Column"
          value={column?.name ?? ""}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={columns.map(({ name }) => name)}
        />
        <Button
          variant="default"
          loading={take.isPending}
          disabled={column === undefined}
          onClick={() => {
            if (column !== undefined) take.mutate(column.name);
          }}
        >
          Take column
        </Button>
      </div>
      {error && <ProblemView error={error} />}
    </details>
  );
}

/** The newest rows, as many as can be forecast from. */
async function columnText(id: string, name: string, rows: number): Promise<string> {
  const first = Math.max(0, rows - forecastOrderValuesMax);
  const offsets = [];
  for (let offset = first; offset < rows; offset += pageRows) offsets.push(offset);
  const pages = await Promise.all(
    offsets.map((offset) =>
      client.analytics.datasets.rows({
        id,
        offset,
        limit: Math.min(pageRows, rows - offset),
      }),
    ),
  );
  const cells = pages.flatMap((page) => {
    const at = page.names.indexOf(name);
    return page.rows.map((row) => row[at] ?? "NA");
  });
  return [name.replaceAll(/[,;\t]/g, " "), ...cells].join("\n");
}
