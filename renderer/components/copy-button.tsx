import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

const confirmedMs = 1_500;

export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const { state, copy } = useCopy(text);
  return (
    <Button
      variant="default"
      leftSection={<Icon name={state === "copied" ? "check" : "copy"} />}
      onClick={copy}
    >
      {{ idle: name, ...outcomes }[state]}
    </Button>
  );
}

/** The same beside a value, without words of its own. */
export function CopyMark({ text, name }: { readonly text: string; readonly name: string }) {
  const { state, copy } = useCopy(text);
  const label = { idle: `Copy ${name}`, ...outcomes }[state];
  return (
    <Tooltip label={label}>
      <ActionIcon
        size="xs"
        style={{ verticalAlign: "text-bottom" }}
        aria-label={label}
        onClick={copy}
      >
        <Icon name={state === "copied" ? "check" : "copy"} />
      </ActionIcon>
    </Tooltip>
  );
}

const outcomes = { copied: "Copied", refused: "Copying was refused" };

function useCopy(text: string) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), confirmedMs);
    return () => clearTimeout(timer);
  }, [state]);
  const write = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      // The browser refuses without a permission or a secure context; the label says so.
      setState("refused");
    }
  };
  return { state, copy: () => void write() };
}
