import { Button, FileButton, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { VaultView } from "../../../workers/blockchain/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { Dialog, Form } from "./dialog.tsx";
import { NewMnemonic } from "./new-mnemonic.tsx";
import { useRequest } from "./use-wallets.ts";
import { tidyMnemonic } from "./wallet-fields.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;
const keystoreBytesMax = 16_384;

const ways = [
  { id: "new", name: "New mnemonic…", needsUnlocked: true },
  { id: "mnemonic", name: "Import mnemonic…", needsUnlocked: true },
  { id: "key", name: "Import private key…", needsUnlocked: true },
  { id: "keystore", name: "Import keystore file…", needsUnlocked: true },
  { id: "watch", name: "Watch an address…", needsUnlocked: false },
] as const;

/** Every way to get a wallet. */
export function AddWallet({ vault }: { readonly vault: VaultView }) {
  const [open, setOpen] = useState<(typeof ways)[number]["id"] | null>(null);
  const mayRun = useMay("operator");
  const close = () => setOpen(null);
  return (
    <Panel title="Add a wallet" id="add">
      <div className={classes.body}>
        {vault.state === "missing" && <p className="soft">Create the vault first.</p>}
        {vault.state === "locked" && <p className="soft">Keys are added while it is unlocked.</p>}
        <div className={classes.actions}>
          {ways.map(({ id, name, needsUnlocked }) => (
            <Button
              key={id}
              variant="default"
              disabled={
                !mayRun ||
                vault.state === "missing" ||
                (needsUnlocked && vault.state !== "unlocked")
              }
              onClick={() => setOpen(id)}
            >
              {name}
            </Button>
          ))}
        </div>
      </div>
      {open === "new" && <NewMnemonic onClose={close} />}
      {open === "mnemonic" && <ImportMnemonic onClose={close} />}
      {open === "key" && <ImportKey onClose={close} />}
      {open === "keystore" && <ImportKeystore onClose={close} />}
      {open === "watch" && <Watch onClose={close} />}
    </Panel>
  );
}

interface Closable {
  readonly onClose: () => void;
}

function NameInput(props: { readonly name: string; readonly onChange: (name: string) => void }) {
  return (
    <TextInput
      data-autofocus
      label="Name"
      description="Of the wallet, for yourself"
      maxLength={80}
      value={props.name}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}

function ImportMnemonic({ onClose }: Closable) {
  const [name, setName] = useState("");
  const [words, setWords] = useState("");
  const [extra, setExtra] = useState("");
  const [path, setPath] = useState("");
  const add = useRequest(wallets.importMnemonic, onClose);
  return (
    <Dialog title="Import a mnemonic" onClose={onClose}>
      <Form
        {...add}
        verb="Import"
        disabled={name.trim() === "" || words.trim() === ""}
        onCancel={onClose}
        onSubmit={() =>
          add.run({
            name,
            mnemonic: tidyMnemonic(words),
            ...(extra !== "" && { extraPassphrase: extra }),
            ...(path.trim() !== "" && { path: path.trim() }),
          })
        }
      >
        <NameInput name={name} onChange={setName} />
        <Textarea
          className={classes.code ?? ""}
          label="Words"
          description="12 to 24 English words of BIP-39"
          autosize
          minRows={3}
          spellCheck={false}
          autoComplete="off"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <PasswordInput
          label="Extra passphrase of BIP-39"
          description="Only where one was chosen with the words; it is not kept"
          autoComplete="off"
          value={extra}
          onChange={(event) => setExtra(event.currentTarget.value)}
        />
        <TextInput
          label="Path of the first account"
          description="m/44'/60'/0'/0/0 when left out (BIP-44)"
          spellCheck={false}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
      </Form>
    </Dialog>
  );
}

function ImportKey({ onClose }: Closable) {
  const [name, setName] = useState("");
  const [key, setKey] = useState("");
  const add = useRequest(wallets.importKey, onClose);
  return (
    <Dialog title="Import a private key" onClose={onClose}>
      <Form
        {...add}
        verb="Import"
        disabled={name.trim() === "" || key.trim() === ""}
        onCancel={onClose}
        onSubmit={() => add.run({ name, privateKey: key.trim() })}
      >
        <NameInput name={name} onChange={setName} />
        <PasswordInput
          label="Private key"
          description="64 hexadecimal digits"
          autoComplete="off"
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
      </Form>
    </Dialog>
  );
}

function ImportKeystore({ onClose }: Closable) {
  const [name, setName] = useState("");
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const [password, setPassword] = useState("");
  const add = useRequest(wallets.importKeystore, onClose);
  const read = async (chosen: File | null) => {
    setTooLarge(chosen !== null && chosen.size > keystoreBytesMax);
    const taken = chosen !== null && chosen.size <= keystoreBytesMax;
    setFile(taken ? { name: chosen.name, text: await chosen.text() } : null);
  };
  return (
    <Dialog title="Import a keystore file" onClose={onClose}>
      <Form
        {...add}
        verb="Import"
        disabled={name.trim() === "" || file === null}
        onCancel={onClose}
        onSubmit={() => file && add.run({ name, keystore: file.text, password })}
      >
        <NameInput name={name} onChange={setName} />
        <FileButton onChange={(chosen) => void read(chosen)} accept="application/json,.json,*/*">
          {(props) => (
            <Button variant="default" {...props}>
              {file === null ? "Choose a file of version 3…" : file.name}
            </Button>
          )}
        </FileButton>
        {tooLarge && (
          <p role="alert">
            A keystore file has at most {keystoreBytesMax.toLocaleString("en-US")} bytes.
          </p>
        )}
        <PasswordInput
          label="Password of the file"
          description="Its own; not the vault's passphrase"
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </Form>
    </Dialog>
  );
}

function Watch({ onClose }: Closable) {
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const add = useRequest(wallets.watch, onClose);
  return (
    <Dialog title="Watch an address without its key" onClose={onClose}>
      <Form
        {...add}
        verb="Watch"
        disabled={name.trim() === "" || address.trim() === ""}
        onCancel={onClose}
        onSubmit={() => add.run({ name, address: address.trim() })}
      >
        <NameInput name={name} onChange={setName} />
        <TextInput
          label="Address"
          description="0x and 40 hexadecimal digits"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
      </Form>
    </Dialog>
  );
}
