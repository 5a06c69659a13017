import { Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { useMay } from "../../data/hooks.ts";
import type { Registration, useRegistryChanges } from "./registry-changes.ts";
import { parsePairs, parseTags } from "./registry-rows.ts";
import classes from "./registry.module.css";

const kinds = ["tcp", "http", "ttl"] as const;

const first = {
  name: "user-service",
  id: "user-1",
  host: "localhost",
  port: 3_001,
  ttlSeconds: 60,
  tags: "",
  metadata: "",
  kind: "tcp" as (typeof kinds)[number],
  path: "/",
  intervalSeconds: 10,
};
type Fields = typeof first;
type Named<Value> = {
  [Key in keyof Fields]: Fields[Key] extends Value ? Key : never;
}[keyof Fields];

export function RegisterForm(props: {
  readonly register: ReturnType<typeof useRegistryChanges>["register"];
}) {
  const { register } = props;
  const mayAct = useMay("operator");
  const [fields, setFields] = useState(first);
  const set = (changed: Partial<Fields>) => setFields((before) => ({ ...before, ...changed }));
  const metadata = parsePairs(fields.metadata);
  const text = (label: string, key: Exclude<Named<string>, "kind">, more: object = {}) => (
    <TextInput
      label={label}
      value={fields[key]}
      onChange={(event) => set({ [key]: event.currentTarget.value })}
      {...more}
    />
  );
  const count = (label: string, key: Named<number>, min: number, max: number) => (
    <NumberInput
      size="xs"
      label={label}
      min={min}
      max={max}
      allowDecimal={false}
      thousandSeparator=""
      value={fields[key]}
      onChange={(value) => set({ [key]: Number(value) })}
    />
  );
  return (
    <Panel title="Register an instance" id="register">
      <form
        className={classes.padded}
        aria-label="Register an instance"
        onSubmit={(event) => {
          event.preventDefault();
          if (metadata !== null) register.mutate(registrationOf(fields, metadata));
        }}
      >
        <p className="soft">
          A server of yours on this machine. It is checked at once, and expires when nothing renews
          it.
        </p>
        <div className={classes.fields}>
          {text("Service", "name")}
          {text("Instance id", "id")}
          {text("Host", "host")}
          {count("Port", "port", 1, 65_535)}
          {count("Time to live, s", "ttlSeconds", 5, 3_600)}
          {text("Tags", "tags", { placeholder: "eu, canary" })}
          {text("Metadata", "metadata", {
            placeholder: "version=2, team=a",
            error: metadata === null ? "Write key=value, with commas between" : undefined,
          })}
          <Select
            label="Check"
            data={[
              { value: "tcp", label: "TCP connection" },
              { value: "http", label: "HTTP request" },
              { value: "ttl", label: "Its own heartbeats" },
            ]}
            value={fields.kind}
            allowDeselect={false}
            onChange={(value) => {
              const kind = kinds.find((each) => each === value);
              if (kind !== undefined) set({ kind });
            }}
          />
          {fields.kind === "http" && text("Path", "path")}
          {fields.kind !== "ttl" && count("Every, s", "intervalSeconds", 1, 3_600)}
        </div>
        {register.error && <ProblemView error={register.error} />}
        <div>
          <Button
            type="submit"
            loading={register.isPending}
            disabled={!mayAct || metadata === null}
          >
            Register instance
          </Button>
        </div>
      </form>
    </Panel>
  );
}

function registrationOf(fields: Fields, metadata: Record<string, string>): Registration {
  const { name, id, host, port, ttlSeconds, tags, kind, path, intervalSeconds } = fields;
  const check = {
    kind,
    ...(kind === "http" && { path }),
    ...(kind !== "ttl" && { intervalSeconds }),
  };
  return { name, id, host, port, ttlSeconds, tags: parseTags(tags), metadata, check };
}
