import { Button } from "@mantine/core";
import { useMemo } from "react";
import type { ModelSummary, ModelVersion } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate, bytes, formatDateTime, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { wordsFor } from "./deletions.tsx";
import { downloadModel } from "./model-files.ts";
import { aliasWords } from "./model-table.tsx";
import classes from "./models.module.css";
import { act } from "./use-models.ts";

interface VersionsPanelProps {
  readonly model: ModelSummary;
  readonly versions: readonly ModelVersion[];
  readonly selected: number | undefined;
  readonly onOpen: (version: number) => void;
}

const { registry } = client.analytics;

export function VersionsPanel({ model, versions, selected, onOpen }: VersionsPanelProps) {
  const { timeFormat } = usePreferences();
  const columns = useMemo(() => columnsFor(timeFormat, onOpen), [timeFormat, onOpen]);
  const shown = versions.find(({ version }) => version === selected);
  return (
    <Panel
      title={`Versions of ${model.name}`}
      id="versions"
      tools={
        <span className="soft">
          {model.aliases.map(aliasWords).join("; ") || "No alias: the newest version answers"}
        </span>
      }
    >
      <DataTable
        label={`Versions of ${model.name}`}
        columns={columns}
        rows={versions}
        rowKey={({ version }) => String(version)}
        selectedKey={selected === undefined ? undefined : String(selected)}
        onOpen={({ version }) => onOpen(version)}
        heightMax={240}
        empty="No version is left."
      />
      {shown && <Actions model={model} version={shown} />}
    </Panel>
  );
}

function Actions({
  model,
  version: { version, state, aliases, bytes: size },
}: {
  readonly model: ModelSummary;
  readonly version: ModelVersion;
}) {
  const may = useMay("operator");
  const { name } = model;
  const button = (label: string, done: string, work: () => Promise<unknown>, isOff = false) => (
    <Button
      key={label}
      variant="default"
      disabled={!may || isOff}
      onClick={() => void act(done, work)}
    >
      {label}
    </Button>
  );
  const champion = model.aliases.find(({ alias }) => alias === "champion");
  const rival = champion?.targets.length === 1 ? champion.targets[0]!.version : undefined;
  const isRival = rival !== undefined && rival !== version;
  const point = (alias: string) => {
    const known = model.aliases.find((each) => each.alias === alias);
    const only = known?.targets.length === 1 && known.targets[0]!.version === version;
    return button(
      `Make ${version} the ${alias}`,
      `Requests to ${alias} go to version ${version} now.`,
      () =>
        registry.setAlias({
          name,
          alias,
          targets: [{ version, weight: 1 }],
          shadow: null,
          revision: known?.revision ?? 0,
        }),
      only && known.shadow === null,
    );
  };
  const loses = wordsFor({ model: name, wholeModel: false, versions: [version], aliases });
  const all = wordsFor({
    model: name,
    wholeModel: true,
    versions: [],
    aliases: model.aliases.map(({ alias }) => alias),
  });
  return (
    <div className={classes.buttons} role="group" aria-label={`Version ${version}`}>
      {point("champion")}
      {point("challenger")}
      {isRival &&
        button(
          `Send ${version} a tenth of the requests`,
          `One request in ten goes to version ${version}.`,
          () =>
            registry.setAlias({
              name,
              alias: "champion",
              targets: [
                { version: rival, weight: 9 },
                { version, weight: 1 },
              ],
              shadow: null,
              revision: champion!.revision,
            }),
        )}
      {isRival &&
        button(
          `Let ${version} shadow the champion`,
          `Version ${version} gets a copy of each request.`,
          () =>
            registry.setAlias({
              name,
              alias: "champion",
              targets: [{ version: rival, weight: 1 }],
              shadow: version,
              revision: champion!.revision,
            }),
          champion!.shadow === version,
        )}
      {state === "ready"
        ? button("Unload", `Version ${version} is unloaded.`, () =>
            registry.unload({ name, version: String(version) }),
          )
        : button("Load", `Version ${version} is served.`, () =>
            registry.load({ name, version: String(version) }),
          )}
      <Button
        variant="default"
        onClick={() => void act(`Version ${version} is saved.`, () => downloadModel(name, version))}
      >
        Download {text(bytes(size))}
      </Button>
      {button(`Delete version ${version}`, `Deleted ${loses}. It can be undone for a while.`, () =>
        registry.removeVersion({ name, version }),
      )}
      {button("Delete the model", `Deleted ${all}. It can be undone for a while.`, () =>
        registry.remove({ name }),
      )}
    </div>
  );
}

function columnsFor(
  timeFormat: ReturnType<typeof usePreferences>["timeFormat"],
  onOpen: (version: number) => void,
): Column<ModelVersion>[] {
  return [
    {
      id: "version",
      header: "Version",
      value: ({ version }) => version,
      cell: ({ version }) => (
        <button
          type="button"
          className="link"
          aria-label={`Open version ${version}`}
          onClick={(event) => {
            event.stopPropagation();
            onOpen(version);
          }}
        >
          {version}
        </button>
      ),
      numeric: true,
      width: "90px",
    },
    {
      id: "state",
      header: "State",
      value: ({ state }) => state,
      cell: ({ state }) => (
        <StatusMark health={state === "ready" ? "healthy" : "unknown"} word={state} />
      ),
      width: "110px",
    },
    {
      id: "aliases",
      header: "Aliases",
      value: ({ aliases }) => aliases.join(", "),
      cell: ({ aliases }) => aliases.join(", ") || <span className="soft">none</span>,
    },
    {
      id: "added",
      header: "Added",
      value: ({ createdAt }) => createdAt,
      cell: ({ createdAt }) => formatDateTime(createdAt, timeFormat),
      width: "190px",
    },
    { id: "made", header: "Made by", value: ({ lineage }) => lineage.kind, width: "110px" },
    {
      id: "hash",
      header: "SHA-256",
      value: ({ sha256 }) => sha256,
      cell: ({ sha256 }) => <span className="mono">{abbreviate(sha256)}</span>,
      width: "150px",
    },
    {
      id: "bytes",
      header: "Size",
      value: (version) => version.bytes,
      cell: (version) => text(bytes(version.bytes)),
      numeric: true,
      width: "100px",
    },
  ];
}
