import { Button, Modal, NativeSelect, NumberInput, Switch, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { formatDateTime } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { useStore } from "../../data/store.ts";
import { useBench } from "./context.ts";
import { isSaved, type Origin } from "./workshop.ts";
import classes from "./workshop.module.css";

const evmVersions = ["london", "paris", "shanghai", "cancun", "prague", "osaka"] as const;
type EvmVersion = (typeof evmVersions)[number];

export type Opening =
  | { readonly template: string }
  | { readonly workspace: string; readonly version?: number }
  | { readonly empty: true };

/** What is open, how it is kept, and how it is compiled. */
export function Toolbar({ onOpen }: { readonly onOpen: (what: Opening) => void }) {
  const { workshop } = useBench();
  const snapshot = useStore(workshop.store);
  const { timeFormat } = usePreferences();
  const templates = useQuery(orpc.blockchain.templates.queryOptions({ input: {} }));
  const workspaces = useQuery(orpc.blockchain.workspaces.queryOptions({ input: {} }));
  const { origin } = snapshot;
  return (
    <div className={classes.bar}>
      <NativeSelect
        label="Sources"
        value={valueOf(origin)}
        data={[
          { value: "empty", label: "Empty workspace" },
          {
            group: "Templates",
            items: (templates.data?.templates ?? []).map(({ id, title }) => ({
              value: `template ${id}`,
              label: title,
            })),
          },
          {
            group: "Workspaces",
            items: (workspaces.data?.workspaces ?? []).map(({ id, name }) => ({
              value: `workspace ${id}`,
              label: name,
            })),
          },
        ]}
        onChange={(event) => {
          const [kind, id = ""] = event.currentTarget.value.split(" ");
          if (kind === "template") onOpen({ template: id });
          else onOpen(kind === "workspace" ? { workspace: id } : { empty: true });
        }}
      />
      {origin.kind === "workspace" && (
        <NativeSelect
          label="Version"
          value={String(origin.version)}
          data={origin.versions.map(({ version, savedAt }) => ({
            value: String(version),
            label: `${version}, ${formatDateTime(savedAt, timeFormat)}`,
          }))}
          onChange={(event) =>
            onOpen({ workspace: origin.id, version: Number(event.currentTarget.value) })
          }
        />
      )}
      <Keeping onOpen={onOpen} />
      <CompilerSettings />
    </div>
  );
}

function valueOf(origin: Origin): string {
  return origin.kind === "empty" ? "empty" : `${origin.kind} ${origin.id}`;
}

function CompilerSettings() {
  const { workshop } = useBench();
  const { settings } = useStore(workshop.store);
  const { optimizer } = settings;
  return (
    <>
      <NativeSelect
        label="EVM"
        value={settings.evmVersion}
        data={[...evmVersions]}
        onChange={(event) =>
          workshop.configure({ evmVersion: event.currentTarget.value as EvmVersion })
        }
      />
      <NumberInput
        size="xs"
        label="Optimizer runs"
        className={classes.narrow}
        min={0}
        max={4_294_967_295}
        allowDecimal={false}
        disabled={!optimizer.enabled}
        value={optimizer.runs}
        onChange={(runs) => {
          if (typeof runs === "number") workshop.configure({ optimizer: { ...optimizer, runs } });
        }}
      />
      <div className={classes.switches}>
        <Switch
          label="Optimize"
          checked={optimizer.enabled}
          onChange={(event) =>
            workshop.configure({
              optimizer: { ...optimizer, enabled: event.currentTarget.checked },
            })
          }
        />
        <Switch
          label="Via IR"
          checked={settings.viaIR}
          onChange={(event) => workshop.configure({ viaIR: event.currentTarget.checked })}
        />
      </div>
    </>
  );
}

/** Saves, renames and deletes the workspace. */
function Keeping({ onOpen }: { readonly onOpen: (what: Opening) => void }) {
  const { workshop } = useBench();
  const snapshot = useStore(workshop.store);
  const mayRun = useMay("operator");
  const [dialog, setDialog] = useState<"name" | "delete" | null>(null);
  const [name, setName] = useState("");
  const { origin } = snapshot;
  const save = useMutation({
    mutationFn: async (as: string | null) => {
      const { sources, settings } = workshop.snapshot;
      const content = { sources: { ...sources }, settings };
      const { id } =
        origin.kind === "workspace"
          ? await client.blockchain.saveWorkspace({
              id: origin.id,
              ...content,
              ...(as === null ? {} : { name: as }),
            })
          : await client.blockchain.createWorkspace({ name: as ?? "", ...content });
      const { name: kept, version, versions } = await client.blockchain.workspace({ id });
      workshop.stored({ kind: "workspace", id, name: kept, version, versions });
      await queryClient.invalidateQueries({ queryKey: orpc.blockchain.workspaces.key() });
      setDialog(null);
      onOpen({ workspace: id });
    },
  });
  const remove = useMutation({
    mutationFn: async (id: string) => {
      await client.blockchain.deleteWorkspace({ id });
      await queryClient.invalidateQueries({ queryKey: orpc.blockchain.workspaces.key() });
      setDialog(null);
      setName("");
      onOpen({ empty: true });
    },
  });
  const isWorkspace = origin.kind === "workspace";
  const ask = (what: "name" | "delete") => {
    save.reset();
    remove.reset();
    setName(what === "name" && isWorkspace ? origin.name : "");
    setDialog(what);
  };
  return (
    <>
      <Button
        variant="default"
        disabled={!mayRun || (isWorkspace && isSaved(snapshot))}
        loading={save.isPending}
        onClick={() => (isWorkspace ? save.mutate(null) : ask("name"))}
      >
        {isWorkspace ? (isSaved(snapshot) ? "Saved" : "Save version") : "Save workspace"}
      </Button>
      {isWorkspace && (
        <>
          <Button variant="default" disabled={!mayRun} onClick={() => ask("name")}>
            Rename
          </Button>
          <Button variant="default" disabled={!mayRun} onClick={() => ask("delete")}>
            Delete
          </Button>
        </>
      )}
      {save.error && dialog === null && <ProblemView error={save.error} />}
      <Modal
        opened={dialog === "name"}
        onClose={() => setDialog(null)}
        title={isWorkspace ? "Rename the workspace" : "Save as a workspace"}
      >
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(name.trim());
          }}
        >
          <TextInput
            label="Name"
            data-autofocus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {save.error && <ProblemView error={save.error} />}
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ""}>
            {isWorkspace ? "Rename workspace" : "Save workspace"}
          </Button>
        </form>
      </Modal>
      {isWorkspace && (
        <Modal
          opened={dialog === "delete"}
          onClose={() => setDialog(null)}
          title={`Delete ${origin.name}`}
        >
          <div className={classes.form}>
            <p>All its versions are deleted. This cannot be undone.</p>
            <TextInput
              label={`Type ${origin.name} to confirm`}
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            {remove.error && <ProblemView error={remove.error} />}
            <Button
              color="red"
              loading={remove.isPending}
              disabled={name !== origin.name}
              onClick={() => remove.mutate(origin.id)}
            >
              Delete workspace
            </Button>
          </div>
        </Modal>
      )}
    </>
  );
}
