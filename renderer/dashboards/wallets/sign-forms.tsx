import { Checkbox, Textarea } from "@mantine/core";
import { useState } from "react";
import { CopyMark } from "../../components/copy-button.tsx";
import { client } from "../../data/client.ts";
import { CurlButton } from "../explorer/curl-button.tsx";
import { Form } from "./dialog.tsx";
import { useRequest } from "./use-wallets.ts";
import { exampleTypedData, readTypedData } from "./wallet-fields.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;

function Signature({ signature }: { readonly signature: string }) {
  return (
    <p role="status">
      Signature <CopyMark text={signature} name="signature" />{" "}
      <span className="mono">{signature}</span>
    </p>
  );
}

export function MessageForm({ address }: { readonly address: string }) {
  const [message, setMessage] = useState("");
  const [isHex, setIsHex] = useState(false);
  const [signature, setSignature] = useState<string | null>(null);
  const sign = useRequest(wallets.signMessage, (signed) => setSignature(signed.signature));
  const encoding = isHex ? "hex" : "utf8";
  return (
    <section className={classes.section} aria-label="Sign message">
      <Form
        {...sign}
        verb="Sign message"
        disabled={message === ""}
        onSubmit={() => {
          setSignature(null);
          sign.run({ address, message, encoding });
        }}
      >
        <Textarea
          className={classes.code ?? ""}
          label="Message"
          description="Signed with the prefix of EIP-191, so that it can be no transaction"
          autosize
          minRows={3}
          maxRows={12}
          value={message}
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        <Checkbox
          size="xs"
          label="Bytes in hexadecimal"
          checked={isHex}
          onChange={(event) => setIsHex(event.currentTarget.checked)}
        />
      </Form>
      <CurlButton
        path={`/api/blockchain/wallets/accounts/${address}/sign-message`}
        body={{ message, encoding }}
      />
      {signature !== null && <Signature signature={signature} />}
    </section>
  );
}

export function TypedDataForm(props: { readonly address: string; readonly chainId: number }) {
  const { address, chainId } = props;
  const [text, setText] = useState(() => exampleTypedData(chainId));
  const [problem, setProblem] = useState<string | null>(null);
  const [signature, setSignature] = useState<string | null>(null);
  const sign = useRequest(wallets.signTypedData, (signed) => setSignature(signed.signature));
  const read = readTypedData(text);
  return (
    <section className={classes.section} aria-label="Sign typed data">
      <Form
        {...sign}
        verb="Sign typed data"
        onSubmit={() => {
          setSignature(null);
          setProblem("error" in read ? read.error : null);
          if ("data" in read) sign.run({ address, data: read.data });
        }}
      >
        <Textarea
          className={classes.code ?? ""}
          label="Typed data (EIP-712)"
          description="types, primaryType, domain and message, as JSON"
          autosize
          minRows={8}
          maxRows={20}
          spellCheck={false}
          value={text}
          error={problem}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Form>
      {"data" in read && (
        <CurlButton
          path={`/api/blockchain/wallets/accounts/${address}/sign-typed-data`}
          body={{ data: read.data }}
        />
      )}
      {signature !== null && <Signature signature={signature} />}
    </section>
  );
}
