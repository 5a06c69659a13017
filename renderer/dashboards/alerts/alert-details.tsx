import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Alert, alertNoteLengthMax } from "../../../workers/analytics/contract.ts";
import { formatDateTime } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { alertHealth, alertWord } from "./alert-tables.tsx";
import classes from "./alerts.module.css";

const silences = [
  { minutes: 10, label: "10 min" },
  { minutes: 60, label: "1 h" },
  { minutes: 480, label: "8 h" },
] as const;

/** What was observed, since when, what to do, and what somebody did about it. */
export function AlertDetails({ alert }: { readonly alert: Alert }) {
  const [note, setNote] = useState(alert.note ?? "");
  const navigate = useNavigate();
  const mayOperate = useMay("operator");
  const { timeFormat } = usePreferences();
  const refresh = {
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.analytics.alerts.list.key() }),
  };
  const acknowledge = useMutation(orpc.analytics.alerts.acknowledge.mutationOptions(refresh));
  const silence = useMutation(orpc.analytics.alerts.silence.mutationOptions(refresh));
  const over = alert.state === "resolved";
  return (
    <div className={classes.details}>
      <p>
        <StatusMark health={alertHealth(alert)} word={alertWord(alert)} />, {alert.severity},{" "}
        {alert.category}
      </p>
      <p>{alert.observed}</p>
      <p>
        <strong>What to do:</strong> {alert.action}
      </p>
      <p>
        <a
          href={alert.evidence}
          onClick={(event) => {
            event.preventDefault();
            void navigate({ href: alert.evidence });
          }}
        >
          Show the evidence
        </a>
      </p>
      <dl className={classes.facts}>
        <dt>First seen</dt>
        <dd>
          <RelativeAge at={alert.since} />
        </dd>
        <Moment name="Fired" at={alert.firedAt} />
        <Moment name="Resolved" at={alert.resolvedAt} />
        <Moment name="Acknowledged" at={alert.acknowledgedAt} />
        {alert.silencedUntil !== null && (
          <>
            <dt>Silenced until</dt>
            <dd>{formatDateTime(alert.silencedUntil, timeFormat)}</dd>
          </>
        )}
        {alert.note !== null && (
          <>
            <dt>Note</dt>
            <dd>{alert.note}</dd>
          </>
        )}
      </dl>
      {!over && (
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            acknowledge.mutate({ id: alert.id, note });
          }}
        >
          <TextInput
            label="Note"
            maxLength={alertNoteLengthMax}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button type="submit" loading={acknowledge.isPending} disabled={!mayOperate}>
            Acknowledge
          </Button>
          <div role="group" aria-label="Silence" className={classes.silences}>
            {silences.map(({ minutes, label }) => (
              <Button
                key={minutes}
                variant="default"
                size="compact-sm"
                disabled={!mayOperate || silence.isPending}
                onClick={() => silence.mutate({ id: alert.id, minutes })}
              >
                Silence for {label}
              </Button>
            ))}
            {alert.silencedUntil !== null && (
              <Button
                variant="default"
                size="compact-sm"
                disabled={!mayOperate || silence.isPending}
                onClick={() => silence.mutate({ id: alert.id, minutes: 0 })}
              >
                End the silence
              </Button>
            )}
          </div>
          {!mayOperate && <p className="soft">This needs the role operator.</p>}
        </form>
      )}
      {(acknowledge.error ?? silence.error) && (
        <ProblemView error={acknowledge.error ?? silence.error} />
      )}
    </div>
  );
}

function Moment({ name, at }: { readonly name: string; readonly at: number | null }) {
  return at === null ? null : (
    <>
      <dt>{name}</dt>
      <dd>
        <RelativeAge at={at} />
      </dd>
    </>
  );
}
