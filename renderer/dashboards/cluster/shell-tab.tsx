import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { duration, text } from "../../components/format.ts";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { toProblemError } from "../../data/problem.ts";
import classes from "./cluster.module.css";
import type { Reference } from "./references.ts";

const entriesMax = 100;

interface Entry {
  readonly command: string;
  readonly output: string;
  readonly end: string;
}

/** Commands one by one, with what each of them wrote. */
export function ShellTab({ pod }: { readonly pod: Reference }) {
  const mayAct = useMay("operator");
  const [line, setLine] = useState("");
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  /** How far back in the history the line stands; 0: a line of its own. */
  const [back, setBack] = useState(0);
  const run = useMutation({
    mutationFn: (command: string) =>
      client.microservices.cluster.exec({ namespace: pod.namespace, pod: pod.name, command }),
    onSettled: (answer, error, command) => {
      const entry = error
        ? { command, output: toProblemError(error).data.detail, end: "not run" }
        : {
            command,
            output: `${answer!.output}${answer!.truncated ? "\n(more was left out)" : ""}`,
            end: answer!.timedOut
              ? "stopped after its time"
              : `exit code ${answer!.exitCode ?? "unknown"}, ${text(duration(answer!.durationMs))}`,
          };
      setEntries((before) => [...before, entry].slice(-entriesMax));
    },
  });
  const recall = (steps: number) => {
    const next = Math.max(0, Math.min(entries.length, back + steps));
    setBack(next);
    setLine(next === 0 ? "" : (entries.at(-next)?.command ?? ""));
  };
  return (
    <div className={classes.stack}>
      <p className="soft">
        Each line is a command of its own: the working directory and variables do not stay.
      </p>
      <pre
        className={classes.text}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="log"
        aria-label={`Shell of ${pod.name}`}
      >
        {entries.length === 0
          ? "Nothing has been run yet, for example: ls /"
          : entries
              .map(({ command, output, end }) => `$ ${command}\n${output.trimEnd()}\n(${end})`)
              .join("\n\n")}
      </pre>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          if (line.trim() === "" || run.isPending) return;
          run.mutate(line);
          setLine("");
          setBack(0);
        }}
      >
        <TextInput
          className={classes.grow}
          label="Command"
          value={line}
          disabled={!mayAct}
          onChange={(event) => setLine(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "ArrowUp" || event.key === "ArrowDown") {
              event.preventDefault();
              recall(event.key === "ArrowUp" ? 1 : -1);
            }
          }}
        />
        <Button type="submit" loading={run.isPending} disabled={!mayAct}>
          Run command
        </Button>
      </form>
    </div>
  );
}
