import { Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { VaultView } from "../../../workers/blockchain/contract.ts";
import { duration, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client } from "../../data/client.ts";
import { useMay, useNow } from "../../data/hooks.ts";
import { Dialog, Form } from "./dialog.tsx";
import { useRequest } from "./use-wallets.ts";
import { passphraseLengthMin, passphraseProblem } from "./wallet-fields.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;
const idleChoices = [60_000, 300_000, 900_000, 3_600_000, 28_800_000];
const nothing = () => {};

/** The one passphrase that stands before every key but the developers'. */
export function VaultPanel({ vault }: { readonly vault: VaultView }) {
  const mayRun = useMay("operator");
  return (
    <Panel title="Vault" id="vault">
      <div className={classes.body}>
        {!mayRun && <p className="soft">The vault needs the role operator.</p>}
        {mayRun && vault.state === "missing" && <CreateForm />}
        {mayRun && vault.state === "locked" && <UnlockForm vault={vault} />}
        {mayRun && vault.state === "unlocked" && <Unlocked vault={vault} />}
        {!vault.persistent && (
          <p className="soft">
            It lives in memory and is gone with the platform; start with{" "}
            <span className="mono">--home</span> to keep it.
          </p>
        )}
        {mayRun && vault.state !== "missing" && <VaultDialogs />}
      </div>
    </Panel>
  );
}

function CreateForm() {
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const create = useRequest(wallets.create, nothing);
  return (
    <Form
      {...create}
      verb="Create vault"
      onSubmit={() => {
        const found = passphraseProblem(passphrase, again);
        setProblem(found);
        if (found === null) create.run({ passphrase });
      }}
    >
      <p>
        Keys of your own are kept encrypted under one passphrase. The developer accounts need none.
      </p>
      <NewPassphrase
        {...{ passphrase, setPassphrase, again, setAgain, problem }}
        label="Passphrase"
      />
    </Form>
  );
}

function NewPassphrase(props: {
  readonly label: string;
  readonly passphrase: string;
  readonly setPassphrase: (text: string) => void;
  readonly again: string;
  readonly setAgain: (text: string) => void;
  readonly problem: string | null;
}) {
  return (
    <>
      <PasswordInput
        label={props.label}
        description={`At least ${passphraseLengthMin} characters; nobody can recover it`}
        autoComplete="new-password"
        value={props.passphrase}
        error={props.problem}
        onChange={(event) => props.setPassphrase(event.currentTarget.value)}
      />
      <PasswordInput
        label={`${props.label} again`}
        autoComplete="new-password"
        value={props.again}
        onChange={(event) => props.setAgain(event.currentTarget.value)}
      />
    </>
  );
}

export function UnlockForm({ vault }: { readonly vault: VaultView }) {
  const [passphrase, setPassphrase] = useState("");
  const unlock = useRequest(wallets.unlock, nothing);
  const waits = vault.waitMs > 0;
  return (
    <Form
      {...unlock}
      verb="Unlock"
      disabled={passphrase === "" || waits}
      onSubmit={() => {
        unlock.run({ passphrase });
        setPassphrase("");
      }}
    >
      <PasswordInput
        label="Passphrase"
        description="Balances are shown without it; signing needs it"
        autoComplete="current-password"
        value={passphrase}
        onChange={(event) => setPassphrase(event.currentTarget.value)}
      />
      {waits && (
        <p role="status">
          {vault.failures} wrong passphrases; the next is tried in {text(duration(vault.waitMs))}.
        </p>
      )}
    </Form>
  );
}

function Unlocked({ vault }: { readonly vault: VaultView }) {
  const lock = useRequest(wallets.lock, nothing);
  const settings = useRequest(wallets.settings, nothing);
  const choices = [...new Set([...idleChoices, vault.idleMs])].toSorted((a, b) => a - b);
  return (
    <>
      <p>
        Unlocked. <Countdown at={vault.locksAt} />
      </p>
      <NativeSelect
        label="Lock when unused for"
        value={String(vault.idleMs)}
        data={choices.map((ms) => ({ value: String(ms), label: text(duration(ms)) }))}
        onChange={(event) => settings.run({ idleMs: Number(event.currentTarget.value) })}
      />
      <Button loading={lock.busy} onClick={() => lock.run({})}>
        Lock now
      </Button>
      {[lock.error, settings.error].map(
        (error, place) =>
          // Two places, always the same.
          // oxlint-disable-next-line react/no-array-index-key
          error !== null && <ProblemView key={place} error={error} />,
      )}
    </>
  );
}

/** Signing puts it off; looking does not. */
function Countdown({ at }: { readonly at: number | null }) {
  const now = useNow();
  if (at === null) return null;
  const seconds = Math.max(0, Math.ceil((at - now) / 1_000));
  return <span>Locks in {text(duration(seconds * 1_000))} unless it signs.</span>;
}

function VaultDialogs() {
  const [open, setOpen] = useState<"passphrase" | "destroy" | null>(null);
  const close = () => setOpen(null);
  return (
    <div className={classes.actions}>
      <Button variant="default" onClick={() => setOpen("passphrase")}>
        Change passphrase…
      </Button>
      <Button variant="default" onClick={() => setOpen("destroy")}>
        Destroy vault…
      </Button>
      {open === "passphrase" && <ChangePassphrase onClose={close} />}
      {open === "destroy" && <Destroy onClose={close} />}
    </div>
  );
}

function ChangePassphrase({ onClose }: { readonly onClose: () => void }) {
  const [present, setPresent] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const change = useRequest(wallets.changePassphrase, onClose);
  return (
    <Dialog title="Change the vault's passphrase" onClose={onClose}>
      <Form
        {...change}
        verb="Change passphrase"
        onCancel={onClose}
        disabled={present === ""}
        onSubmit={() => {
          const found = passphraseProblem(passphrase, again);
          setProblem(found);
          if (found === null) change.run({ passphrase: present, next: passphrase });
        }}
      >
        <PasswordInput
          data-autofocus
          label="Present passphrase"
          autoComplete="current-password"
          value={present}
          onChange={(event) => setPresent(event.currentTarget.value)}
        />
        <NewPassphrase
          {...{ passphrase, setPassphrase, again, setAgain, problem }}
          label="New passphrase"
        />
      </Form>
    </Dialog>
  );
}

const destroyWords = "destroy all keys";

function Destroy({ onClose }: { readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const forget = useRequest(wallets.forget, onClose);
  return (
    <Dialog title="Destroy the vault with every key in it?" onClose={onClose}>
      <Form
        {...forget}
        danger
        verb="Destroy all keys"
        disabled={typed !== destroyWords}
        onCancel={onClose}
        onSubmit={() => forget.run({ confirm: destroyWords })}
      >
        <p>
          Coins of its accounts stay on the chain and can be moved by nobody who has not written the
          words or keys down. This also works without the passphrase.
        </p>
        <TextInput
          data-autofocus
          label={`Type “${destroyWords}”`}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </Form>
    </Dialog>
  );
}
