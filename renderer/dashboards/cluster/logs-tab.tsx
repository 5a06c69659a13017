import { Checkbox, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { formatTime, number } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { orpc } from "../../data/client.ts";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./cluster.module.css";
import { type Reference, referenceInput } from "./references.ts";
import { type PodLogs, usePodLogs } from "./use-pod-logs.ts";

interface PodJson {
  readonly spec?: { readonly containers?: readonly { readonly name: string }[] };
}

const phases: Record<PodLogs["phase"], string> = {
  loading: "Asking for lines",
  following: "Following",
  ended: "The log has ended",
  lost: "The stream broke off",
};

export function LogsTab({ pod }: { readonly pod: Reference }) {
  const { timeFormat } = usePreferences();
  const [container, setContainer] = useState<string | null>(null);
  const [previous, setPrevious] = useState(false);
  const [follow, setFollow] = useState(true);
  const [filter, setFilter] = useState("");
  const object = useQuery(
    orpc.microservices.cluster.object.queryOptions({ input: referenceInput(pod) }),
  );
  const names = ((object.data?.json ?? {}) as PodJson).spec?.containers?.map(({ name }) => name);
  const { namespace, name } = pod;
  const logs = usePodLogs({ namespace, pod: name, container, previous, follow });
  const wanted = filter.toLowerCase();
  const shown =
    wanted === ""
      ? logs.lines
      : logs.lines.filter(({ text }) => text.toLowerCase().includes(wanted));
  const words = shown
    .map(({ at, text }) => (at === null ? text : `${formatTime(at, timeFormat)} ${text}`))
    .join("\n");
  return (
    <div className={classes.stack}>
      <div className={classes.row}>
        <TextInput
          aria-label="Filter lines"
          placeholder="Filter lines"
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
        {names !== undefined && names.length > 1 && (
          <Select
            aria-label="Container"
            data={names}
            value={container ?? names[0] ?? null}
            onChange={setContainer}
          />
        )}
        <Checkbox
          label="Follow"
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <Checkbox
          label="Before its restart"
          checked={previous}
          onChange={(event) => setPrevious(event.currentTarget.checked)}
        />
      </div>
      {logs.problem !== null && <ProblemView error={logs.problem} />}
      <p className="soft" role="status">
        {phases[logs.phase]}: {number(shown.length)} of {number(logs.lines.length)} lines
        {logs.dropped > 0 && `, ${number(logs.dropped)} older ones left out`}
      </p>
      <Lines label={`Log of ${name}`} text={words} stick={follow} />
    </div>
  );
}

/** Stays at its end for as long as the reader does not scroll away from it. */
function Lines(props: { readonly label: string; readonly text: string; readonly stick: boolean }) {
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  const { text, stick } = props;
  useEffect(() => {
    const isLonger = text !== "" && stick && atEnd.current;
    if (isLonger) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [text, stick]);
  return (
    <pre
      ref={box}
      className={classes.text}
      // The keyboard scrolls what has the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={props.label}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {text === "" ? "No line yet" : text}
    </pre>
  );
}
