import { Button, InputWrapper, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { type SearchInput, searchItemsMax } from "../../../workers/quantum/contract.ts";
import { useCommands } from "../../app/commands.ts";
import type { QuantumSearchParams } from "../../app/search-params.ts";
import { CodeView } from "../../components/code-view.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { useMay } from "../../data/hooks.ts";
import classes from "./quantum.module.css";
import { examples, type FormErrors, readForm, type SearchForm } from "./search-form.ts";

interface QuantumFormProps {
  readonly form: SearchForm;
  readonly onChange: (form: SearchForm) => void;
  readonly onRun: (input: SearchInput) => void;
  readonly onExample: (example: QuantumSearchParams) => void;
  readonly pending: boolean;
}

export function QuantumForm({ form, onChange, onRun, onExample, pending }: QuantumFormProps) {
  const [errors, setErrors] = useState<FormErrors>({});
  const mayRun = useMay("operator");
  const submit = () => {
    const result = readForm(form);
    setErrors("errors" in result ? result.errors : {});
    if ("input" in result) onRun(result.input);
  };
  const field = (name: keyof SearchForm) => ({
    value: form[name],
    error: errors[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...form, [name]: event.currentTarget.value }),
  });
  useCommands(
    useMemo(
      () =>
        Object.entries(examples).map(([name, example]) => ({
          id: `quantum:${name}`,
          title: `Run the example “${name}”`,
          group: "This page",
          run: () => onExample(example),
        })),
      [onExample],
    ),
  );
  return (
    <Panel title="Search">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <InputWrapper
          label="Items"
          labelElement="div"
          description={`One a line, at most ${number(searchItemsMax)}`}
          error={errors.items}
        >
          <CodeView
            label="Items"
            language="text"
            value={form.items}
            onChange={(items) => onChange({ ...form, items })}
            heightMin={180}
            heightMax={180}
          />
        </InputWrapper>
        <TextInput
          label="Target"
          description="Every equal item is marked; it may be absent"
          {...field("target")}
        />
        <div className={classes.pair}>
          <TextInput
            label="Iterations"
            description="Empty: optimal"
            inputMode="numeric"
            {...field("iterations")}
          />
          <TextInput
            label="Seed"
            description="Empty: random"
            inputMode="numeric"
            {...field("seed")}
          />
        </div>
        <Button type="submit" loading={pending} disabled={!mayRun}>
          Run search
        </Button>
        {!mayRun && <p className="soft">Searching needs the role operator.</p>}
        <div role="group" aria-label="Examples" className={classes.examples}>
          {Object.entries(examples).map(([name, example]) => (
            <Button
              key={name}
              variant="default"
              size="compact-xs"
              disabled={!mayRun || pending}
              onClick={() => {
                setErrors({});
                onExample(example);
              }}
            >
              {name}
            </Button>
          ))}
        </div>
      </form>
    </Panel>
  );
}
