import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../data/client.ts";
import { Dialog, Form } from "./dialog.tsx";
import { useRequest } from "./use-wallets.ts";
import classes from "./wallets.module.css";

const { wallets } = client.blockchain;

type Draft = Awaited<ReturnType<typeof wallets.generate>>;
type Step =
  | { readonly kind: "choose" }
  | { readonly kind: "write down"; readonly draft: Draft }
  | { readonly kind: "confirm"; readonly draft: Omit<Draft, "mnemonic"> };

/** Words that are shown once; stored when two of them are typed again. */
export function NewMnemonic({ onClose }: { readonly onClose: () => void }) {
  const [step, setStep] = useState<Step>({ kind: "choose" });
  return (
    <Dialog title="New mnemonic" onClose={onClose}>
      {step.kind === "choose" && (
        <Choose onClose={onClose} onDraft={(draft) => setStep({ kind: "write down", draft })} />
      )}
      {step.kind === "write down" && (
        <WriteDown
          draft={step.draft}
          onClose={onClose}
          onNext={({ mnemonic: _gone, ...draft }) => setStep({ kind: "confirm", draft })}
        />
      )}
      {step.kind === "confirm" && <Confirm draft={step.draft} onClose={onClose} />}
    </Dialog>
  );
}

function Choose(props: { readonly onClose: () => void; readonly onDraft: (draft: Draft) => void }) {
  const [words, setWords] = useState<12 | 24>(12);
  const generate = useRequest(wallets.generate, props.onDraft);
  return (
    <Form
      {...generate}
      verb="Show the words"
      onCancel={props.onClose}
      onSubmit={() => generate.run({ words })}
    >
      <p>The words are shown once. Have paper ready: whoever has them has the coins.</p>
      <NativeSelect
        data-autofocus
        label="Words"
        data={[
          { value: "12", label: "12 words, 128 bits" },
          { value: "24", label: "24 words, 256 bits" },
        ]}
        value={String(words)}
        onChange={(event) => setWords(event.currentTarget.value === "24" ? 24 : 12)}
      />
    </Form>
  );
}

function WriteDown(props: {
  readonly draft: Draft;
  readonly onClose: () => void;
  readonly onNext: (draft: Draft) => void;
}) {
  const { draft, onClose, onNext } = props;
  return (
    <Form
      busy={false}
      error={null}
      verb="I wrote them down"
      onCancel={onClose}
      onSubmit={() => onNext(draft)}
    >
      <p>Write these words down, in their order. They are not shown again.</p>
      <ol className={classes.phrase} aria-label="Words of the mnemonic">
        {draft.mnemonic.split(" ").map((word, place) => (
          // A word may occur twice.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={place}>{word}</li>
        ))}
      </ol>
    </Form>
  );
}

function Confirm(props: { readonly draft: Omit<Draft, "mnemonic">; readonly onClose: () => void }) {
  const { draft, onClose } = props;
  const [name, setName] = useState("");
  const [words, setWords] = useState<readonly string[]>(draft.confirm.map(() => ""));
  const confirm = useRequest(wallets.confirm, onClose);
  return (
    <Form
      {...confirm}
      verb="Store wallet"
      disabled={name.trim() === "" || words.some((word) => word.trim() === "")}
      onCancel={onClose}
      onSubmit={() =>
        confirm.run({
          draft: draft.draft,
          name,
          words: words.map((word) => word.trim().toLowerCase()),
        })
      }
    >
      <TextInput
        data-autofocus
        label="Name"
        description="Of the wallet, for yourself"
        maxLength={80}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {draft.confirm.map((place, index) => (
        <TextInput
          key={place}
          label={`Word ${place}`}
          autoComplete="off"
          spellCheck={false}
          value={words[index] ?? ""}
          onChange={(event) => {
            const typed = event.currentTarget.value;
            setWords(words.map((word, each) => (each === index ? typed : word)));
          }}
        />
      ))}
    </Form>
  );
}
