import { useMemo } from "react";
import type { SearchOutput } from "../../../workers/quantum/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import type { FigureProps } from "../../components/figure.tsx";
import { duration, number, probability, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { barsMax, barsOf, successCurve } from "./grover.ts";
import classes from "./quantum.module.css";
import { ProbabilityBars, SuccessCurve } from "./quantum-charts.tsx";

export function resultFigures(result: SearchOutput): FigureProps[] {
  return [
    {
      label: "Success probability",
      quantity: { value: probability(result.successProbability), unit: "" },
      note: `one random look: ${probability(result.classicalProbability)}`,
      evidence: "curve",
    },
    {
      label: "Iterations",
      quantity: { value: number(result.iterations), unit: "applied" },
      note: `optimal: ${number(result.optimalIterations)}`,
      evidence: "curve",
    },
    {
      label: "Search space",
      quantity: { value: number(result.states), unit: "states" },
      note: `${result.qubits} qubits, ${number(result.marked)} marked`,
      evidence: "items",
    },
    {
      label: "Off the closed form",
      quantity: { value: deviationText(result.deviation), unit: "" },
      note: "rounding of 64-bit floats",
      evidence: "comparison",
    },
    {
      label: "Simulation",
      quantity: duration(result.simulationMs),
      note: "time in the state vector",
      evidence: "comparison",
    },
  ];
}

function deviationText(deviation: number): string {
  return deviation === 0 ? "0" : deviation.toExponential(1);
}

export function QuantumResult({ result }: { readonly result: SearchOutput }) {
  const { states, marked, iterations, optimalIterations, itemProbabilities } = result;
  const curve = useMemo(
    () => successCurve(states, marked, iterations, optimalIterations),
    [states, marked, iterations, optimalIterations],
  );
  const bars = useMemo(() => barsOf(itemProbabilities), [itemProbabilities]);
  return (
    <>
      <div className={classes.charts}>
        <Panel
          title={
            bars.length < itemProbabilities.length
              ? `Probability of the ${barsMax} most probable of ${number(itemProbabilities.length)} items`
              : "Probability of each item"
          }
        >
          <ProbabilityBars bars={bars} measured={result.index} />
        </Panel>
        <Panel title="Success probability by iterations" id="curve">
          <SuccessCurve
            curve={curve}
            iterations={iterations}
            probability={result.successProbability}
            optimal={optimalIterations}
          />
        </Panel>
      </div>
      <Comparison result={result} />
      <ItemTable result={result} />
    </>
  );
}

function Comparison({ result }: { readonly result: SearchOutput }) {
  const rows = [
    ["Measured item", result.item ?? "none: a basis state beyond the list"],
    ["Measured basis state", `${number(result.measuredState)} (0 to ${number(result.states - 1)})`],
    ["Its probability", probability(result.probability)],
    ["Simulated success probability", String(result.successProbability)],
    ["Closed form sin²((2k+1) asin √(M/N))", String(result.closedForm)],
    ["Difference", deviationText(result.deviation)],
    ["Weight beyond the list", probability(result.paddingProbability)],
    ["Seed of the measurement", String(result.seed)],
    ["Time in the state vector", text(duration(result.simulationMs))],
  ] as const;
  return (
    <Panel title="Simulated and closed form" id="comparison">
      <dl className={classes.comparison}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

type ItemRow = SearchOutput["itemProbabilities"][number] & { readonly index: number };

const columns: readonly Column<ItemRow>[] = [
  {
    id: "index",
    header: "Index",
    value: ({ index }) => index,
    numeric: true,
    width: "96px",
  },
  { id: "item", header: "Item", value: ({ item }) => item },
  {
    id: "marked",
    header: "Marked",
    value: ({ marked }) => (marked ? "yes" : "no"),
    width: "96px",
  },
  {
    id: "probability",
    header: "Probability",
    value: (row) => row.probability,
    cell: (row) => probability(row.probability),
    numeric: true,
    width: "140px",
  },
];

function ItemTable({ result }: { readonly result: SearchOutput }) {
  const rows = useMemo(
    () => result.itemProbabilities.map((entry, index) => ({ ...entry, index })),
    [result.itemProbabilities],
  );
  return (
    <Panel title="All items" id="items">
      <DataTable
        label="Item probabilities"
        columns={columns}
        rows={rows}
        rowKey={({ index }) => String(index)}
        selectedKey={result.index === null ? undefined : String(result.index)}
        initialSort={{ id: "probability", desc: true }}
        heightMax={320}
      />
    </Panel>
  );
}
