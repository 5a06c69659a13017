import { Button, Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { logLevels } from "../../../workers/integration/contract.ts";
import { subsystemIdSchema, subsystems } from "../../../workers/service/contract.ts";
import type { LogsSearchParams } from "../../app/search-params.ts";
import { TraceLink } from "../../components/trace-link.tsx";
import classes from "./logs.module.css";

/** Typing is not worth a request with every letter. */
const typingPauseMs = 300;

interface LogFiltersProps {
  readonly search: LogsSearchParams;
  readonly onChange: (change: Partial<LogsSearchParams>) => void;
}

/** What the server filters by; the table's own filter narrows what has arrived. */
export function LogFilters({ search, onChange }: LogFiltersProps) {
  const { subsystem, level, trace } = search;
  return (
    <div className={classes.filters} role="group" aria-label="Filters">
      <Select
        label="Thread"
        placeholder="All"
        clearable
        data={subsystems.map(({ id, title }) => ({ value: id, label: title }))}
        value={subsystem ?? null}
        onChange={(value) =>
          onChange({ subsystem: value === null ? undefined : subsystemIdSchema.parse(value) })
        }
      />
      <Select
        label="Level"
        placeholder="All"
        clearable
        data={logLevels.map((each) => ({ value: each, label: `${each} and above` }))}
        value={level ?? null}
        onChange={(value) => onChange({ level: logLevels.find((each) => each === value) })}
      />
      <MessageText text={search.text ?? ""} onChange={(text) => onChange({ text })} />
      {trace !== undefined && (
        <span className={classes.trace}>
          Only trace <TraceLink id={trace} />
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => onChange({ trace: undefined })}
          >
            Show all traces
          </Button>
        </span>
      )}
    </div>
  );
}

function MessageText(props: {
  readonly text: string;
  readonly onChange: (text: string | undefined) => void;
}) {
  const { text, onChange } = props;
  const [draft, setDraft] = useState({ of: text, typed: text });
  // An address that changed under the draft wins over it.
  const typed = draft.of === text ? draft.typed : text;
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => onChange(typed === "" ? undefined : typed), typingPauseMs);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  return (
    <TextInput
      label="Message contains"
      className={classes.text}
      value={typed}
      maxLength={200}
      onChange={(event) => setDraft({ of: text, typed: event.currentTarget.value })}
    />
  );
}
