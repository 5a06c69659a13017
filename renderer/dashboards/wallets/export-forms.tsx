import { PasswordInput, SegmentedControl } from "@mantine/core";
import { useCallback, useState } from "react";
import { downloadText } from "../../components/download.ts";
import { client } from "../../data/client.ts";
import { Form, Secret } from "./dialog.tsx";
import type { HeldAccount } from "./held-accounts.ts";
import { useRequest } from "./use-wallets.ts";
import { passphraseProblem } from "./wallet-fields.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;

/** Each by the passphrase, also while the vault is unlocked. */
export function ExportForms({ account }: { readonly account: HeldAccount }) {
  const [what, setWhat] = useState("keystore");
  const isHd = account.wallet.kind === "hd";
  return (
    <section className={classes.section} aria-label="Export">
      <h3>Export</h3>
      <SegmentedControl
        aria-label="What to export"
        value={what}
        onChange={setWhat}
        data={[
          { value: "keystore", label: "Keystore file" },
          { value: "key", label: "Private key" },
          ...(isHd ? [{ value: "mnemonic", label: "Mnemonic" }] : []),
        ]}
      />
      {what === "keystore" && <KeystoreForm address={account.address} />}
      {what === "key" && <KeyForm address={account.address} />}
      {what === "mnemonic" && <MnemonicForm id={account.wallet.id} />}
    </section>
  );
}

function Passphrase(props: { readonly value: string; readonly onChange: (text: string) => void }) {
  return (
    <PasswordInput
      label="Passphrase of the vault"
      autoComplete="off"
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function KeystoreForm({ address }: { readonly address: string }) {
  const [passphrase, setPassphrase] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState<string | null>(null);
  const exported = useRequest(wallets.exportKeystore, ({ fileName, keystore }) => {
    setPassphrase("");
    setPassword("");
    setSaved(fileName);
    downloadText(fileName, keystore, "application/json");
  });
  return (
    <Form
      {...exported}
      verb="Save keystore file"
      disabled={passphrase === ""}
      onSubmit={() => {
        const found = passphraseProblem(password, password);
        setProblem(found);
        setSaved(null);
        if (found === null) exported.run({ address, passphrase, password });
      }}
    >
      <Passphrase value={passphrase} onChange={setPassphrase} />
      <PasswordInput
        label="New password for the file"
        description="Other wallets ask for it; at least 8 characters"
        autoComplete="off"
        value={password}
        error={problem}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {saved !== null && <p role="status">Saved {saved}.</p>}
    </Form>
  );
}

function KeyForm({ address }: { readonly address: string }) {
  const [passphrase, setPassphrase] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const hide = useCallback(() => setKey(null), []);
  const exported = useRequest(wallets.exportKey, ({ privateKey }) => {
    setPassphrase("");
    setKey(privateKey);
  });
  if (key !== null) return <Secret name="Private key" text={key} onHide={hide} />;
  return (
    <Form
      {...exported}
      verb="Show private key"
      disabled={passphrase === ""}
      onSubmit={() => exported.run({ address, passphrase })}
    >
      <Passphrase value={passphrase} onChange={setPassphrase} />
    </Form>
  );
}

function MnemonicForm({ id }: { readonly id: string }) {
  const [passphrase, setPassphrase] = useState("");
  const [words, setWords] = useState<string | null>(null);
  const [withExtra, setWithExtra] = useState(false);
  const hide = useCallback(() => setWords(null), []);
  const exported = useRequest(wallets.exportMnemonic, ({ mnemonic, extraPassphrase }) => {
    setPassphrase("");
    setWithExtra(extraPassphrase);
    setWords(mnemonic);
  });
  if (words !== null) {
    return (
      <>
        <Secret name="Mnemonic" text={words} onHide={hide} />
        {withExtra && (
          <p>The extra passphrase belongs to it: the words alone lead to other keys.</p>
        )}
      </>
    );
  }
  return (
    <Form
      {...exported}
      verb="Show mnemonic"
      disabled={passphrase === ""}
      onSubmit={() => exported.run({ id, passphrase })}
    >
      <Passphrase value={passphrase} onChange={setPassphrase} />
    </Form>
  );
}
