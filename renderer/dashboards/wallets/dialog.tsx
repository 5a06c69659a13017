import { Button, Group, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { CopyMark } from "../../components/copy-button.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import classes from "./wallets.module.css";

interface FormProps {
  readonly verb: string;
  readonly busy: boolean;
  readonly error: unknown;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly onCancel?: (() => void) | undefined;
  readonly onSubmit: () => void;
  readonly children: React.ReactNode;
}

/** Fields, what went wrong, and a verb. */
export function Form(props: FormProps) {
  const { verb, busy, error, disabled = false, danger = false, onCancel, onSubmit } = props;
  return (
    <form
      className={classes.form}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !disabled) onSubmit();
      }}
    >
      {props.children}
      {error !== null && (
        <OfflineOr thread="blockchain">
          <ProblemView error={error} />
        </OfflineOr>
      )}
      <Group justify="flex-end" gap="xs">
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        )}
        <Button type="submit" loading={busy} disabled={disabled} {...(danger && { color: "red" })}>
          {verb}
        </Button>
      </Group>
    </form>
  );
}

/** What is typed inside is gone with it. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}) {
  return (
    <Modal opened onClose={props.onClose} title={props.title}>
      {props.children}
    </Modal>
  );
}

/** How long a secret stays on the screen. */
const secretShownSeconds = 60;

/** A secret for a minute, or until it is hidden. */
export function Secret(props: {
  readonly name: string;
  readonly text: string;
  readonly onHide: () => void;
}) {
  const { name, text, onHide } = props;
  const [left, setLeft] = useState(secretShownSeconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => seconds - 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left <= 0) onHide();
  }, [left, onHide]);
  return (
    <div className={classes.secret} role="group" aria-label={name}>
      <p className="mono">
        {text} <CopyMark text={text} name={name.toLowerCase()} />
      </p>
      <p className="soft">
        Whoever has it has the coins. Hidden again in {Math.max(0, left)} s.{" "}
        <Button variant="subtle" size="compact-xs" onClick={onHide}>
          Hide now
        </Button>
      </p>
    </div>
  );
}
