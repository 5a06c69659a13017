import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import classes from "./error-correction.module.css";
import { readErrors, textOfErrors } from "./errors-text.ts";

export type DecoderName = "matching" | "union-find" | "lookup";

interface Family {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly isMatchable: boolean;
  readonly distances: { readonly min: number; readonly max: number; readonly step: number };
}

interface CodeBarProps {
  readonly families: readonly Family[];
  readonly code: string;
  readonly distance: number;
  readonly decoder: DecoderName | undefined;
  readonly errorsText: string;
  readonly qubits: number;
  readonly onChange: (to: {
    code?: string;
    distance?: number;
    decoder?: DecoderName | undefined;
    errors?: string | undefined;
  }) => void;
  readonly onDraw: () => void;
}

/** Distances beyond this make qubits too small to click; curves below go further. */
const drawnDistanceMax = 11;

export function CodeBar(props: CodeBarProps) {
  const { families, code, distance, decoder, errorsText, qubits, onChange, onDraw } = props;
  const family = families.find(({ id }) => id === code);
  const { min = 3, max = 3, step = 2 } = family?.distances ?? {};
  const distances: number[] = [];
  for (let each = min; each <= Math.min(max, drawnDistanceMax); each += step) distances.push(each);
  return (
    <>
      <div className={classes.bar}>
        <NativeSelect
          label="Code"
          value={code}
          data={families.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(event) =>
            onChange({ code: event.currentTarget.value, errors: undefined, decoder: undefined })
          }
        />
        <NativeSelect
          label="Distance"
          value={String(distance)}
          disabled={distances.length < 2}
          data={distances.map(String)}
          onChange={(event) =>
            onChange({ distance: Number(event.currentTarget.value), errors: undefined })
          }
        />
        <NativeSelect
          label="Decoder"
          value={decoder ?? ""}
          data={[
            { value: "", label: "What suits the code" },
            ...(family?.isMatchable === true
              ? [
                  { value: "matching", label: "Minimum-weight matching" },
                  { value: "union-find", label: "Union-find" },
                ]
              : [{ value: "lookup", label: "Most likely, from a table" }]),
          ]}
          onChange={(event) => {
            const { value } = event.currentTarget;
            onChange({ decoder: value === "" ? undefined : (value as DecoderName) });
          }}
        />
        <ErrorsField key={errorsText} text={errorsText} qubits={qubits} onChange={onChange} />
        <Button variant="default" onClick={onDraw}>
          Draw errors at 10 %
        </Button>
        <Button
          variant="default"
          disabled={errorsText === ""}
          onClick={() => onChange({ errors: undefined })}
        >
          Remove all errors
        </Button>
      </div>
      {family !== undefined && <p className="soft">{family.summary}</p>}
    </>
  );
}

/** The errors as text: what a screen reader and a link need instead of the picture. */
function ErrorsField(props: Pick<CodeBarProps, "qubits" | "onChange"> & { readonly text: string }) {
  const [text, setText] = useState(props.text);
  const [mistake, setMistake] = useState<string | null>(null);
  const take = () => {
    const read = readErrors(text, props.qubits);
    setMistake(typeof read === "string" ? read : null);
    if (typeof read === "string" || textOfErrors(read) === props.text) return;
    props.onChange({ errors: read.length === 0 ? undefined : textOfErrors(read) });
  };
  return (
    <TextInput
      className="grow"
      label="Errors"
      placeholder="X3 Z7"
      value={text}
      error={mistake}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === "Enter") take();
      }}
    />
  );
}
