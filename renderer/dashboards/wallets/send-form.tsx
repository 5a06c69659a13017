import { Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { coinSymbol } from "../../../workers/blockchain/contract.ts";
import { client } from "../../data/client.ts";
import { BlockLink, TransactionLink } from "../blockchain/explorer-link.tsx";
import { CurlButton } from "../explorer/curl-button.tsx";
import { Form } from "./dialog.tsx";
import { useRequest } from "./use-wallets.ts";
import { readSend, type SendErrors, type SendFields } from "./wallet-fields.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;
type Sent = Awaited<ReturnType<typeof wallets.send>>;

/** Coins or a call, signed here and sent. */
export function SendForm({ from }: { readonly from: string }) {
  const [fields, setFields] = useState<SendFields>({ to: "", amount: "1", data: "" });
  const [errors, setErrors] = useState<SendErrors>({});
  const [sent, setSent] = useState<Sent | null>(null);
  const send = useRequest(wallets.send, setSent);
  const field = (name: keyof SendFields) => ({
    value: fields[name],
    error: errors[name],
    spellCheck: false,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setFields({ ...fields, [name]: event.currentTarget.value }),
  });
  const read = readSend(from, fields);
  return (
    <section className={classes.section} aria-label="Send">
      <Form
        {...send}
        verb="Send"
        disabled={fields.to.trim() === ""}
        onSubmit={() => {
          setErrors("errors" in read ? read.errors : {});
          setSent(null);
          if ("input" in read) send.run(read.input);
        }}
      >
        <TextInput label="To" description="0x and 40 hexadecimal digits" {...field("to")} />
        <TextInput
          label={`Amount, ${coinSymbol}`}
          description="Gas and fees are estimated"
          inputMode="decimal"
          {...field("amount")}
        />
        <Textarea
          className={classes.code ?? ""}
          label="Data"
          description="Of a call, in hexadecimal; none for a plain transfer"
          autosize
          minRows={1}
          maxRows={6}
          {...field("data")}
        />
      </Form>
      {"input" in read && (
        <CurlButton
          path={`/api/blockchain/wallets/accounts/${from}/send`}
          body={{ to: read.input.to, amount: read.input.amount, data: read.input.data }}
        />
      )}
      {sent && <Outcome sent={sent} />}
    </section>
  );
}

function Outcome({ sent: { hash, blockNumber, status } }: { readonly sent: Sent }) {
  if (blockNumber === null) {
    return (
      <p role="status">
        Sent as <span className="mono">{hash}</span>; it waits for a block.
      </p>
    );
  }
  return (
    <p role="status">
      {status === "success" ? "Sent" : "Reverted"} in block <BlockLink number={blockNumber} /> as{" "}
      <TransactionLink hash={hash} />.
    </p>
  );
}
