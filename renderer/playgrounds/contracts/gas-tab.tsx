import { Button } from "@mantine/core";
import { number, percent, text } from "../../components/format.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import type { Profile } from "./answers.ts";
import { useBench } from "./context.ts";
import classes from "./workshop.module.css";

type Line = Profile["lines"][number];
type Function = Profile["functions"][number];

/** Where the gas went: by line, with its heat beside the sources, and by function. */
export function GasTab() {
  const { workshop, showTab } = useBench();
  const { profile: shown } = useStore(workshop.store);
  if (shown === null) {
    return (
      <EmptyView>
        <p>Gas by line is known of each call, transaction and run of tests.</p>
        <Button onClick={() => showTab("activity")}>Show the activity</Button>
      </EmptyView>
    );
  }
  const { total } = shown.profile;
  const share = (gas: number) => (total === 0 ? "" : text(percent(gas / total)));
  const gas = <Of extends { exclusive: number; inclusive: number }>(): Column<Of>[] => [
    {
      id: "own",
      header: "Own gas",
      numeric: true,
      value: (row) => row.exclusive,
      cell: (row) => (
        <>
          {number(row.exclusive)} <span className="unit">{share(row.exclusive)}</span>
        </>
      ),
    },
    {
      id: "all",
      header: "With calls",
      numeric: true,
      value: (row) => row.inclusive,
      cell: (row) => number(row.inclusive),
    },
  ];
  const lines: Column<Line>[] = [
    {
      id: "line",
      header: "Line",
      value: ({ file, line }) => (file === null ? "no source" : `${file}:${line}`),
    },
    ...gas<Line>(),
    { id: "hits", header: "Hits", numeric: true, value: ({ hits }) => hits, width: "72px" },
  ];
  const functions: Column<Function>[] = [
    { id: "function", header: "Function", value: ({ name }) => name },
    ...gas<Function>(),
    { id: "calls", header: "Calls", numeric: true, value: ({ calls }) => calls, width: "72px" },
  ];
  return (
    <div className={classes.content}>
      <p>
        <span className="mono">{shown.title}</span>: {number(total)}{" "}
        <span className="unit">gas of execution</span>
      </p>
      <DataTable
        label="Gas by line"
        columns={lines}
        rows={shown.profile.lines}
        rowKey={({ file, line }) => `${file} ${line}`}
        initialSort={{ id: "own", desc: true }}
        heightMax={320}
        onOpen={({ file, line }) => {
          if (file !== null) workshop.show(file, line);
        }}
      />
      <DataTable
        label="Gas by function"
        columns={functions}
        rows={shown.profile.functions}
        rowKey={({ name }) => name}
        initialSort={{ id: "own", desc: true }}
        heightMax={260}
      />
      <div className={classes.actions}>
        <Button variant="default" onClick={() => workshop.showProfile(null)}>
          Hide gas
        </Button>
      </div>
    </div>
  );
}
