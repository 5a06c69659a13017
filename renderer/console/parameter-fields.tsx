import { NativeSelect, TextInput } from "@mantine/core";
import { freeProperties, type Operation } from "./catalogue.ts";
import classes from "./console.module.css";
import { type JsonSchema, limitWords, typeWords } from "./json-schema.ts";
import { type Draft, hasBody } from "./request.ts";

interface ParameterFieldsProps {
  readonly operation: Operation;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
}

/** One field for each part of the path and each parameter of the query. */
export function ParameterFields({ operation, draft, onChange }: ParameterFieldsProps) {
  const schema = operation.input();
  const queryNames = hasBody(operation) ? [] : freeProperties(operation);
  if (operation.pathParameters.length + queryNames.length === 0) return null;
  const required = new Set(schema.required);
  return (
    <div className={classes.fields}>
      {operation.pathParameters.map((name) => (
        <ParameterField
          key={name}
          name={name}
          kind="path"
          required
          schema={schema.properties?.[name] ?? {}}
          value={draft.path[name] ?? ""}
          onChange={(value) => onChange({ ...draft, path: { ...draft.path, [name]: value } })}
        />
      ))}
      {queryNames.map((name) => (
        <ParameterField
          key={name}
          name={name}
          kind="query"
          required={required.has(name)}
          schema={schema.properties?.[name] ?? {}}
          value={draft.query[name] ?? ""}
          onChange={(value) => onChange({ ...draft, query: { ...draft.query, [name]: value } })}
        />
      ))}
    </div>
  );
}

interface ParameterFieldProps {
  readonly name: string;
  readonly kind: "path" | "query";
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ParameterField(props: ParameterFieldProps) {
  const { name, kind, required, schema, value, onChange } = props;
  const description = [`${kind}, ${typeWords(schema)}`, ...limitWords(schema)].join(", ");
  if (schema.enum) {
    const options = schema.enum.map(String);
    // A value from a link stays visible even where the schema does not know it.
    const data = ["", ...options, ...(value === "" || options.includes(value) ? [] : [value])];
    return (
      <NativeSelect
        label={name}
        description={`${kind}, ${required ? "required" : "optional"}`}
        withAsterisk={required}
        data={data}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      label={name}
      description={description}
      withAsterisk={required}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      classNames={{ input: "mono" }}
    />
  );
}
