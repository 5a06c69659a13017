import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { abbreviate } from "../../components/format.ts";
import { orpc } from "../../data/client.ts";
import { type AbiParameter, type FormValue, parseField, wanted } from "./abi-values.ts";
import classes from "./workshop.module.css";

const accountsMax = 20;

/** The accounts whose keys the ledger holds. */
export function useSenders() {
  const { data } = useQuery(
    orpc.blockchain.accounts.queryOptions({ input: { limit: accountsMax } }),
  );
  return (data?.accounts ?? []).filter(({ kind }) => kind === "developer");
}

export function SenderField(props: {
  readonly value: string;
  readonly onChange: (address: string) => void;
}) {
  const senders = useSenders();
  return (
    <NativeSelect
      label="From"
      value={props.value}
      data={senders.map(({ address, label }) => ({
        value: address,
        label: `${label ?? ""} ${abbreviate(address)}`,
      }))}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

export function ParameterFields(props: {
  readonly parameters: readonly AbiParameter[];
  readonly texts: readonly string[];
  readonly mistakes: readonly (string | undefined)[];
  readonly onChange: (index: number, text: string) => void;
}) {
  return props.parameters.map((parameter, index) => {
    const name = parameter.name === undefined || parameter.name === "" ? "" : parameter.name;
    const label = `${name === "" ? `argument ${index + 1}` : name}, ${typeName(parameter)}`;
    const text = props.texts[index] ?? "";
    return parameter.type === "bool" ? (
      <NativeSelect
        // Parameters are told apart by their place alone.
        // oxlint-disable-next-line react/no-array-index-key
        key={index}
        label={label}
        value={text === "" ? "false" : text}
        data={["false", "true"]}
        onChange={(event) => props.onChange(index, event.currentTarget.value)}
      />
    ) : (
      <TextInput
        // oxlint-disable-next-line react/no-array-index-key
        key={index}
        className={classes.field}
        label={label}
        placeholder={wanted(parameter)}
        spellCheck={false}
        value={text}
        error={props.mistakes[index]}
        onChange={(event) => props.onChange(index, event.currentTarget.value)}
      />
    );
  });
}

function typeName({ type, internalType }: AbiParameter): string {
  return type.startsWith("tuple") ? (internalType ?? type) : type;
}

/** All fields of a form, or what is wrong with each. */
export function readFields(
  parameters: readonly AbiParameter[],
  texts: readonly string[],
): { readonly values: FormValue[] } | { readonly mistakes: (string | undefined)[] } {
  const parsed = parameters.map((parameter, index) => {
    const text = texts[index] ?? "";
    return parseField(parameter, parameter.type === "bool" && text === "" ? "false" : text);
  });
  return parsed.some(({ mistake }) => mistake !== undefined)
    ? { mistakes: parsed.map(({ mistake }) => mistake) }
    : { values: parsed.flatMap((each) => (each.mistake === undefined ? [each.value] : [])) };
}
