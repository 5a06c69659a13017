import { Button, NumberInput } from "@mantine/core";
import { useState } from "react";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["catalogue"] as const;

type Example = NonNullable<Snapshot["catalogue"]>["examples"][number];

export function ExamplesTab(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { catalogue } = useSlice(playground, fields);
  const examples = catalogue?.examples ?? [];
  return (
    <ul className={classes.cards} aria-label="Examples">
      {examples.map((example) => (
        <ExampleCard key={example.id} example={example} playground={playground} />
      ))}
    </ul>
  );
}

function ExampleCard(props: { readonly example: Example; readonly playground: Playground }) {
  const { example, playground } = props;
  const [values, setValues] = useState<Readonly<Record<string, number>>>({});
  return (
    <li className={classes.card}>
      <h3>{example.title}</h3>
      <p>
        {example.summary} <span className="soft">{example.source}</span>
      </p>
      <div className={classes.row}>
        {example.parameters.map(({ name, title, min, max, default: standard, isAngle }) => (
          <NumberInput
            key={name}
            size="xs"
            w={84}
            label={title}
            defaultValue={standard}
            min={min}
            max={max}
            allowDecimal={isAngle === true}
            clampBehavior="none"
            hideControls
            onChange={(value) => {
              if (typeof value === "number") setValues({ ...values, [name]: value });
            }}
          />
        ))}
        <Button
          variant="default"
          aria-label={`Open ${example.title}`}
          onClick={() => void playground.example(example.id, values)}
        >
          Open
        </Button>
      </div>
    </li>
  );
}
