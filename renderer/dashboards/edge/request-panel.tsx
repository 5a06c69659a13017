import { Button, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { DigitPicture, DrawPad } from "./draw-pad.tsx";
import classes from "./edge.module.css";
import { emptyForm, readRequest, type RequestForm } from "./request-input.ts";
import { RequestResult } from "./request-result.tsx";
import { refreshEdge, useEdgePlaces } from "./use-edge.ts";

const choices = [
  { value: "digit", label: "Classify a digit" },
  { value: "numbers", label: "Classify numbers" },
  { value: "statistics", label: "Statistics" },
  { value: "normalize", label: "Normalise" },
  { value: "smooth", label: "Smooth" },
] as const;

export function RequestPanel() {
  const [form, setForm] = useState<RequestForm>(emptyForm);
  const [wrong, setWrong] = useState<{ field: string; problem: string } | null>(null);
  const places = useEdgePlaces();
  const mayRun = useMay("operator");
  const request = useMutation(
    orpc.edge.process.mutationOptions({ onSettled: () => refreshEdge() }),
  );
  const change = (part: Partial<RequestForm>) => setForm({ ...form, ...part });
  const errorOf = (field: string) => (wrong?.field === field ? wrong.problem : undefined);
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const read = readRequest(form);
    setWrong("input" in read ? null : read);
    if ("input" in read) request.mutate(read.input);
  };
  const names = places.data?.places.map(({ name }) => name) ?? [form.from];
  return (
    <>
      <Panel title="Send a request">
        <form className={classes.form} onSubmit={submit}>
          <div className={classes.fields}>
            <Select
              label="What"
              data={choices}
              value={form.what}
              allowDeselect={false}
              onChange={(what) => what !== null && change({ what })}
            />
            <Select
              label="Client in"
              data={names}
              value={form.from}
              searchable
              allowDeselect={false}
              onChange={(from) => from !== null && change({ from })}
            />
          </div>
          {form.what === "digit" ? (
            <DigitChoice pixels={form.pixels} onPick={(pixels) => change({ pixels })} />
          ) : (
            <Textarea
              label="Numbers"
              description="Separated by spaces, commas or line ends"
              rows={3}
              value={form.numbers}
              error={errorOf("numbers")}
              onChange={(event) => change({ numbers: event.currentTarget.value })}
            />
          )}
          {form.what === "smooth" && (
            <TextInput
              label="Window"
              description="Values in the centred moving average"
              inputMode="numeric"
              value={form.window}
              error={errorOf("window")}
              onChange={(event) => change({ window: event.currentTarget.value })}
            />
          )}
          {wrong?.field === "pixels" && <p role="alert">{wrong.problem}</p>}
          <Switch
            label="Compute anew, past the node's cache"
            checked={form.bypass}
            onChange={(event) => change({ bypass: event.currentTarget.checked })}
          />
          <Button type="submit" loading={request.isPending} disabled={!mayRun}>
            Send request
          </Button>
          {!mayRun && <p className="soft">Sending needs the role operator.</p>}
        </form>
      </Panel>
      <Panel title="Answer" id="answer">
        {request.error ? (
          <OfflineOr thread="edge">
            <ProblemView error={request.error} />
          </OfflineOr>
        ) : request.data ? (
          <RequestResult output={request.data} />
        ) : (
          <p className={classes.note}>
            Send a request: the answer says which node took it, why that one, and where the time
            went.
          </p>
        )}
      </Panel>
    </>
  );
}

interface DigitChoiceProps {
  readonly pixels: readonly number[] | null;
  readonly onPick: (pixels: readonly number[] | null) => void;
}

/** The samples are real digits that the network has not learned from. */
function DigitChoice({ pixels, onPick }: DigitChoiceProps) {
  const samples = useQuery({
    queryKey: ["held-back digits"],
    queryFn: async () =>
      (await import("../../../resources/models/held-back-digits.json")).default.digits,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={classes.drawing}>
      <DrawPad onDrawn={onPick} />
      <div className={classes.samples} role="group" aria-label="Held-back sample digits">
        {(samples.data ?? []).map((sample, index, all) => {
          const isSecond = all[index - 1]?.label === sample.label;
          return (
            <button
              key={`${sample.label} ${isSecond}`}
              type="button"
              className={classes.sample}
              aria-label={`${isSecond ? "Second" : "First"} sample of a ${sample.label}`}
              aria-pressed={pixels === sample.pixels}
              onClick={() => onPick(sample.pixels)}
            >
              <DigitPicture pixels={sample.pixels} />
            </button>
          );
        })}
      </div>
    </div>
  );
}
