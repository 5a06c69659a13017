import { Button, Menu, NativeSelect, NumberInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useRef } from "react";
import { downloadText, fileName } from "../../components/download.ts";
import type { Catalogue, RunDocument } from "./engine.worker.ts";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./playground.module.css";
import { encodeRun, linkLengthMax } from "./share.ts";

interface RunBarProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
}

const presetNames = {
  none: "Only what I do",
  crashes: "Crashes and pauses",
  partitions: "Partitions",
  storm: "Everything",
} as const;

/** What decides the run from its start: changing any of it begins anew. */
export function RunBar({ playground, snapshot }: RunBarProps) {
  const { catalogue, course } = snapshot;
  if (catalogue === null || course === null) return null;
  const { document } = course;
  const isCustom = "source" in document.algorithm;
  const reopen = (change: Partial<RunDocument>) =>
    void playground.open(
      { ...document, ...change, interventions: [] },
      { javascript: playground.javascript },
    );
  const refuse = (reason: string) => playground.fail(reason);
  return (
    <div className={classes.bar} role="group" aria-label="Run">
      <NativeSelect
        label="Algorithm"
        w={190}
        value={isCustom ? "custom" : course.algorithm.id}
        data={[
          ...(isCustom ? [{ value: "custom", label: `Own: ${course.algorithm.title}` }] : []),
          { group: "Algorithms", items: itemsOf(catalogue, false) },
          { group: "Broken on purpose", items: itemsOf(catalogue, true) },
        ]}
        onChange={(event) => {
          const id = event.currentTarget.value;
          const found = catalogue.algorithms.find((each) => each.id === id);
          if (found === undefined) return;
          const nodes = Math.min(Math.max(document.nodes, found.nodes.min), found.nodes.max);
          void playground.open({
            ...document,
            algorithm: { id },
            nodes,
            interventions: [],
          });
        }}
      />
      <NumberField
        label="Nodes"
        value={document.nodes}
        min={1}
        max={15}
        onSet={(nodes) => reopen({ nodes })}
        onRefuse={refuse}
      />
      <NumberField
        label="Clients"
        value={document.clients}
        min={0}
        max={8}
        onSet={(clients) => reopen({ clients })}
        onRefuse={refuse}
      />
      <NumberField
        label="Seed"
        value={document.seed}
        min={0}
        max={2 ** 32 - 1}
        width={96}
        onSet={(seed) => reopen({ seed })}
        onRefuse={refuse}
      />
      <NativeSelect
        label="Faults by chance"
        w={150}
        value={document.faults.preset}
        data={catalogue.faultPresets.map((value) => ({ value, label: presetNames[value] }))}
        onChange={(event) => {
          const preset = event.currentTarget.value as RunDocument["faults"]["preset"];
          reopen({ faults: { preset, untilMs: preset === "none" ? 0 : 10_000 } });
        }}
      />
      <Button variant="default" onClick={() => reopen({})}>
        Start over
      </Button>
      <ShareMenu playground={playground} document={document} />
    </div>
  );
}

function itemsOf({ algorithms }: Catalogue, broken: boolean) {
  return algorithms
    .filter(({ id }) => id.startsWith("raft-bug-") === broken)
    .map(({ id, title }) => ({ value: id, label: title }));
}

function NumberField(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly width?: number;
  readonly onSet: (value: number) => void;
  readonly onRefuse: (reason: string) => void;
}) {
  const { label, value, min, max, width = 72, onSet, onRefuse } = props;
  return (
    <NumberInput
      key={value}
      size="xs"
      w={width}
      label={label}
      defaultValue={value}
      min={min}
      max={max}
      allowDecimal={false}
      hideControls
      // What is out of range is explained rather than changed under the hand.
      clampBehavior="none"
      onBlur={(event) => {
        const text = event.currentTarget.value;
        const next = Number(text);
        if (next === value) return;
        if (Number.isInteger(next) && next >= min && next <= max) onSet(next);
        else onRefuse(`${label} must be a whole number from ${min} to ${max}, not "${text}".`);
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
      }}
    />
  );
}

function ShareMenu(props: { readonly playground: Playground; readonly document: RunDocument }) {
  const { playground, document } = props;
  const input = useRef<HTMLInputElement>(null);
  const copyLink = async () => {
    const fragment = await encodeRun(document);
    if (fragment.length > linkLengthMax) {
      notifications.show({ message: "The run is too long for a link: save it as a file." });
      return;
    }
    const { origin, pathname } = globalThis.location;
    const nowMs = playground.snapshot.frame?.nowMs ?? 0;
    await navigator.clipboard.writeText(`${origin}${pathname}?t=${nowMs}#${fragment}`);
    notifications.show({ message: "The link to this run is copied." });
  };
  const openFile = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      const parsed = await playground.parse(await file.text());
      if ("source" in parsed.algorithm) {
        // The address is where runs with code of their own are read before they run.
        globalThis.location.hash = await encodeRun(parsed);
        return;
      }
      await playground.open(parsed);
    } catch (error) {
      playground.fail(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">Share</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void copyLink()}>Copy a link to this run</Menu.Item>
          <Menu.Item
            onClick={() =>
              downloadText(
                fileName(`consensus run seed ${document.seed}`, "json"),
                `${JSON.stringify(document, null, 2)}\n`,
                "application/json",
              )
            }
          >
            Save the run as a file
          </Menu.Item>
          <Menu.Item onClick={() => input.current?.click()}>Open a run from a file</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        aria-label="Run file"
        hidden
        onChange={(event) => {
          void openFile(event.currentTarget.files?.[0]);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
