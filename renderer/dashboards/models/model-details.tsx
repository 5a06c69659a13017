import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Lineage, ModelSummary, ModelVersion } from "../../../workers/analytics/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { abbreviate, bytes, formatDateTime, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useThread } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { placeOfLineage } from "../learning/job-paths.ts";
import { TablePrediction } from "../learning/table-prediction.tsx";
import { curlLines } from "./curl-lines.ts";
import { DriftPanel } from "./drift-panel.tsx";
import { LatencyPanel } from "./latency-panel.tsx";
import classes from "./models.module.css";
import type { ReadTensor } from "./try-input.ts";
import { TryForm } from "./try-form.tsx";
import { useModel } from "./use-models.ts";
import { VersionsPanel } from "./versions-panel.tsx";

const route = getRouteApi("/learning/models");

interface ModelDetailsProps {
  readonly model: ModelSummary;
  readonly onOpen: (name: string, version?: number) => void;
}

export function ModelDetails({ model, onOpen }: ModelDetailsProps) {
  const { version: wanted } = route.useSearch();
  const query = useModel(model.name);
  return (
    <QueryBoundary query={query} thread="analytics">
      {({ versions }) => {
        const shown =
          versions.find(({ version }) => version === (wanted ?? model.serves)) ?? versions[0];
        return (
          <>
            <VersionsPanel
              model={model}
              versions={versions}
              selected={shown?.version}
              onOpen={(version) => onOpen(model.name, version)}
            />
            {shown === undefined ? (
              <EmptyView>{model.name} has no version left. Add one, or undo a deletion.</EmptyView>
            ) : (
              <Version key={shown.version} version={shown} />
            )}
          </>
        );
      }}
    </QueryBoundary>
  );
}

function Version({ version }: { readonly version: ModelVersion }) {
  const [tensors, setTensors] = useState<readonly ReadTensor[] | null>(null);
  const url = useThread("analytics")?.url?.replace(/\/$/, "") ?? "http://localhost:3002";
  return (
    <>
      <div className={classes.two}>
        <TryForm version={version} onSent={setTensors} />
        <LatencyPanel version={version} />
      </div>
      <div className={classes.two}>
        <Schema version={version} />
        <DriftPanel version={version} />
      </div>
      <TablePrediction
        title={`Predict a table by version ${version.version}`}
        asksColumns={version.lineage.columns.length === 0}
        start={(given, columns) =>
          client.analytics.registry.predictTable({
            name: version.model,
            version: String(version.version),
            columns: [...columns],
            ...given,
          })
        }
      />
      <Panel title="The same by curl" id="curl">
        <ul className={classes.lines}>
          {curlLines(url, version, tensors).map(({ name, code }) => (
            <li key={name}>
              <h3>
                {name} <CopyMark text={code} name={`the line “${name}”`} />
              </h3>
              <pre>{code}</pre>
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}

function MadeBy({ lineage }: { readonly lineage: Lineage }) {
  const place = placeOfLineage(lineage);
  return (
    <>
      {lineage.kind}
      {place === null ? (
        lineage.job !== null && ` · ${lineage.job}`
      ) : (
        <>
          {" · "}
          <PathLink path={place.path}>{place.words}</PathLink>
        </>
      )}
      {lineage.note !== "" && ` · ${lineage.note}`}
    </>
  );
}

function Source({ lineage: { dataset, datasetHash } }: { readonly lineage: Lineage }) {
  if (dataset === null && datasetHash === null) return <span className="soft">not known</span>;
  return (
    <>
      {dataset !== null && /^(?:sample|table)-/.test(dataset) ? (
        <PathLink path={`/learning/automl?table=${dataset}`}>{dataset}</PathLink>
      ) : (
        dataset
      )}
      {datasetHash !== null && (
        <>
          {" SHA-256 "}
          <span className="mono">{abbreviate(datasetHash)}</span>{" "}
          <CopyMark text={datasetHash} name="the SHA-256 of the data" />
        </>
      )}
    </>
  );
}

function Schema({ version }: { readonly version: ModelVersion }) {
  const { timeFormat } = usePreferences();
  const { lineage } = version;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    ["Added", formatDateTime(version.createdAt, timeFormat)],
    ["Made by", <MadeBy key="made" lineage={lineage} />],
    ["Learned from", <Source key="source" lineage={lineage} />],
    [
      "How good",
      lineage.metric === null ? (
        <span className="soft">not known</span>
      ) : (
        `${lineage.metric.name} ${Number(lineage.metric.value.toPrecision(4))} on rows that were not learned from`
      ),
    ],
    ...(lineage.columns.length === 0
      ? []
      : [["Columns", lineage.columns.map(({ name }) => name).join(", ")] as const]),
    ["What is new", version.description || <span className="soft">nothing said</span>],
    [
      "SHA-256",
      <>
        <span className="mono">{abbreviate(version.sha256)}</span>{" "}
        <CopyMark text={version.sha256} name="the SHA-256" />
      </>,
    ],
    ["Size", `${text(bytes(version.bytes))}, ${number(version.parameters)} parameters`],
    [
      "Graph",
      `${number(version.nodes)} nodes, operator set ${version.opset}: ${version.operators
        .slice(0, 8)
        .map(({ name, count }) => `${count} ${name}`)
        .join(", ")}`,
    ],
    [
      "Batches",
      `${version.batching.allowed ? "Requests are run together" : "Each request runs alone"}: ${version.batching.reason}`,
    ],
    ["Classes", version.labels.join(", ") || <span className="soft">no names</span>],
  ];
  return (
    <Panel title={`Schema of version ${version.version}`} id="schema">
      <div className={classes.scroll}>
        <table className={classes.table} aria-label="Inputs and outputs">
          <thead>
            <tr>
              <th scope="col">Tensor</th>
              <th scope="col">Direction</th>
              <th scope="col">Datatype</th>
              <th scope="col">Shape</th>
            </tr>
          </thead>
          <tbody>
            {(["inputs", "outputs"] as const).flatMap((direction) =>
              version[direction].map(({ name, datatype, shape }) => (
                <tr key={`${direction} ${name}`}>
                  <th scope="row" className="mono">
                    {name}
                  </th>
                  <td>{direction === "inputs" ? "input" : "output"}</td>
                  <td>{datatype}</td>
                  <td className="mono">
                    {shape.map((size) => (size === -1 ? "any" : size)).join(" x ") || "any"}
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
      <dl className={classes.details}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
