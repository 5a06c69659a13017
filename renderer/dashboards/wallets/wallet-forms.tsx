import { PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../data/client.ts";
import { Form } from "./dialog.tsx";
import type { HeldAccount } from "./held-accounts.ts";
import { useRequest } from "./use-wallets.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;

interface WalletFormsProps {
  readonly account: HeldAccount;
  readonly onGone: () => void;
}

/** What is done to the wallet of an account as a whole. */
export function WalletForms({ account, onGone }: WalletFormsProps) {
  const { wallet } = account;
  return (
    <>
      {wallet.kind === "hd" && <Derive id={wallet.id} />}
      <Rename key={wallet.name} id={wallet.id} present={wallet.name} />
      <Remove account={account} onGone={onGone} />
    </>
  );
}

function Derive({ id }: { readonly id: string }) {
  const [path, setPath] = useState("");
  const [added, setAdded] = useState<string | null>(null);
  const derive = useRequest(wallets.derive, ({ address }) => setAdded(address));
  return (
    <section className={classes.section} aria-label="Derive an account">
      <h3>Derive an account</h3>
      <Form
        {...derive}
        verb="Derive account"
        onSubmit={() => derive.run({ id, ...(path.trim() !== "" && { path: path.trim() }) })}
      >
        <TextInput
          label="Path"
          description="The next one of BIP-44 when left out; the vault has to be unlocked"
          spellCheck={false}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
        {added !== null && (
          <p role="status">
            Added <span className="mono">{added}</span>.
          </p>
        )}
      </Form>
    </section>
  );
}

function Rename({ id, present }: { readonly id: string; readonly present: string }) {
  const [name, setName] = useState(present);
  const rename = useRequest(wallets.rename, () => {});
  return (
    <section className={classes.section} aria-label="Rename the wallet">
      <h3>Rename the wallet</h3>
      <Form
        {...rename}
        verb="Rename"
        disabled={name.trim() === "" || name === present}
        onSubmit={() => rename.run({ id, name })}
      >
        <TextInput
          label="Name"
          maxLength={80}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Form>
    </section>
  );
}

function Remove({ account: { wallet }, onGone }: WalletFormsProps) {
  const [typed, setTyped] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const remove = useRequest(wallets.remove, onGone);
  const hasKeys = wallet.kind !== "watch";
  const isReady = hasKeys ? typed === wallet.name && passphrase !== "" : true;
  return (
    <section className={classes.section} aria-label="Remove the wallet">
      <h3>Remove the wallet</h3>
      <Form
        {...remove}
        danger
        verb={hasKeys ? "Destroy its keys" : "Stop watching"}
        disabled={!isReady}
        onSubmit={() => remove.run({ id: wallet.id, ...(hasKeys && { passphrase }) })}
      >
        {hasKeys && (
          <>
            <p>
              Its keys are destroyed here. Without the words or keys on paper nobody can move its
              coins again.
            </p>
            <TextInput
              label={`Type ${wallet.name} to remove it`}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <PasswordInput
              label="Passphrase of the vault"
              autoComplete="off"
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
          </>
        )}
      </Form>
    </section>
  );
}
