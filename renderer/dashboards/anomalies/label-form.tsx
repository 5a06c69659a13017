import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { type Anomaly, labelNoteLengthMax } from "../../../workers/analytics/contract.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./anomalies.module.css";

type Verdict = NonNullable<Anomaly["label"]>["verdict"];

/** The keys that label, with the shift key held; never while something is typed. */
const verdictOfKey: Readonly<Record<string, Verdict>> = { T: "true alarm", F: "false alarm" };

/** Says whether it was worth an alarm; the series alarms less easily after false ones. */
export function LabelForm({ anomaly }: { readonly anomaly: Anomaly }) {
  const { id, label } = anomaly;
  const [note, setNote] = useState(label?.note ?? "");
  const mayOperate = useMay("operator");
  const refresh = {
    onSuccess: () =>
      Promise.all(
        [orpc.analytics.anomalies.key(), orpc.analytics.detection.feedback.key()].map((queryKey) =>
          queryClient.invalidateQueries({ queryKey }),
        ),
      ),
  };
  const put = useMutation(orpc.analytics.detection.label.mutationOptions(refresh));
  const { mutate } = put;
  const remove = useMutation(orpc.analytics.detection.unlabel.mutationOptions(refresh));
  const busy = put.isPending || remove.isPending;
  useEffect(() => {
    if (!mayOperate || busy) return undefined;
    const onKey = (event: KeyboardEvent) => {
      const verdict = verdictOfKey[event.key];
      if (verdict === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((event.target as Element).closest("input, textarea, [contenteditable]")) return;
      mutate({ id, verdict, note });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [id, note, mayOperate, busy, mutate]);
  const button = (verdict: Verdict, name: string, keys: string) => (
    <Button
      variant={label?.verdict === verdict ? "filled" : "default"}
      aria-pressed={label?.verdict === verdict}
      aria-keyshortcuts={keys}
      disabled={!mayOperate || busy}
      onClick={() => mutate({ id, verdict, note })}
    >
      {name}
    </Button>
  );
  return (
    <div className={classes.label}>
      <TextInput
        label="Note"
        maxLength={labelNoteLengthMax}
        value={note}
        disabled={!mayOperate}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <div role="group" aria-label="Label" className={classes.buttons}>
        {button("true alarm", "True alarm", "Shift+T")}
        {button("false alarm", "False alarm", "Shift+F")}
        {label !== null && (
          <Button
            variant="subtle"
            disabled={!mayOperate || busy}
            onClick={() => remove.mutate({ id })}
          >
            Take the label back
          </Button>
        )}
      </div>
      <p className="soft">
        {mayOperate
          ? "Shift and T or F label it from the keyboard. False alarms raise the threshold of this series."
          : "Labelling needs the role operator."}
      </p>
      {(put.error ?? remove.error) && <ProblemView error={put.error ?? remove.error} />}
    </div>
  );
}
