import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ForecastsSearch } from "../../app/search-params.ts";
import { Panel } from "../../components/page-frame.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import {
  formOf,
  levelChoices,
  searchOf,
  type SettingsErrors,
  type SettingsForm,
} from "./forecast-settings.ts";
import classes from "./forecasts.module.css";
import { readSeries } from "./read-series.ts";
import { type SourceForm, SourcePanel } from "./source-panel.tsx";
import { linkedLengthMax, ownText, samples } from "./sources.ts";

/** Source and settings; nothing is computed before the button is pressed. */
export function OrderForm(props: {
  readonly search: ForecastsSearch;
  readonly isBusy: boolean;
  /** The settings are those that are shown already. */
  readonly onForecast: (search: ForecastsSearch) => void;
  readonly onCancel: () => void;
}) {
  const { search, isBusy, onForecast, onCancel } = props;
  const [source, setSource] = useState<SourceForm>(() => sourceFormOf(search));
  const [form, setForm] = useState<SettingsForm>(() => formOf(search));
  const [errors, setErrors] = useState<SettingsErrors>({});
  const mayRun = useMay("operator");
  // A link, the history or a click in the comparison changes the address under the form.
  const address = JSON.stringify({ ...search, job: undefined });
  const [seen, setSeen] = useState(address);
  if (seen !== address) {
    setSeen(address);
    setSource(sourceFormOf(search));
    setForm(formOf(search));
  }
  const submit = () => {
    const result = searchOf(form);
    setErrors("errors" in result ? result.errors : {});
    if (!("search" in result)) return;
    const from = searchOfSource(source);
    if (from !== null) onForecast({ ...from, ...result.search });
  };
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SourcePanel form={source} onChange={setSource} />
      <Panel title="How" id="settings">
        <div className={classes.padded}>
          <Settings form={form} errors={errors} onChange={setForm} />
          <div className={classes.row}>
            <Button type="submit" loading={isBusy} disabled={!mayRun || !isReady(source)}>
              Forecast
            </Button>
            {isBusy && (
              <Button variant="default" onClick={onCancel}>
                Cancel
              </Button>
            )}
          </div>
          {!mayRun && <p className="soft">Forecasting needs the role operator.</p>}
        </div>
      </Panel>
    </form>
  );
}

function Settings(props: {
  readonly form: SettingsForm;
  readonly errors: SettingsErrors;
  readonly onChange: (form: SettingsForm) => void;
}) {
  const { form, errors, onChange } = props;
  const methods = useQuery({
    ...orpc.analytics.forecasts.methods.queryOptions({ input: {} }),
    staleTime: Infinity,
  });
  const known = methods.data?.methods ?? [];
  const text = (name: "horizon" | "seasons" | "holdBack" | "limit") => ({
    value: form[name],
    error: errors[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...form, [name]: event.currentTarget.value }),
  });
  return (
    <>
      <NativeSelect
        label="Method"
        value={form.method}
        onChange={(event) => onChange({ ...form, method: event.currentTarget.value })}
        data={[
          { value: "auto", label: "Automatic" },
          ...known.map(({ id, title }) => ({ value: id, label: title })),
        ]}
      />
      <p className="soft">
        {known.find(({ id }) => id === form.method)?.description ??
          "As the values want it; mostly the median of four models."}
      </p>
      <div className={classes.pair}>
        <TextInput label="Horizon" inputMode="numeric" {...text("horizon")} />
        <TextInput label="Season" placeholder="find it" {...text("seasons")} />
        <TextInput label="Hold back" placeholder="0" inputMode="numeric" {...text("holdBack")} />
        <TextInput label="Limit" placeholder="its own" inputMode="decimal" {...text("limit")} />
      </div>
      <Checkbox.Group
        label="Intervals that hold"
        error={errors.levels}
        value={[...form.levels]}
        onChange={(levels) => onChange({ ...form, levels })}
      >
        <div className={classes.row}>
          {levelChoices.map((level) => (
            <Checkbox key={level} value={String(level)} label={`${level} %`} />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        label="Intervals from"
        value={form.interval}
        onChange={(event) => onChange({ ...form, interval: event.currentTarget.value })}
        data={[
          { value: "analytic", label: "the model" },
          { value: "conformal", label: "errors of past forecasts" },
        ]}
      />
      <Checkbox
        label="Never negative"
        checked={form.isNonNegative}
        onChange={(event) => onChange({ ...form, isNonNegative: event.currentTarget.checked })}
      />
    </>
  );
}

function sourceFormOf(search: ForecastsSearch): SourceForm {
  const isOwn = search.own === true || search.values !== undefined;
  return {
    kind: search.series !== undefined ? "series" : isOwn ? "own" : "sample",
    sample: search.sample ?? samples[0]!.id,
    series: search.series ?? "platform.memory",
    text: search.values ?? ownText.get(),
  };
}

function isReady({ kind, text }: SourceForm): boolean {
  return kind !== "own" || "series" in readSeries(text);
}

function searchOfSource({ kind, sample, series, text }: SourceForm): ForecastsSearch | null {
  if (kind === "sample") return { sample };
  if (kind === "series") return { series };
  if (!isReady({ kind, sample, series, text })) return null;
  ownText.set(text);
  return text.length <= linkedLengthMax ? { values: text } : { own: true };
}
