import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { Icon } from "./icon.tsx";

const confirmedMs = 1_500;

export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), confirmedMs);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      // The browser refuses without a permission or a secure context; the label says so.
      setState("refused");
    }
  };
  return (
    <Button
      variant="default"
      leftSection={<Icon name={state === "copied" ? "check" : "copy"} />}
      onClick={() => void copy()}
    >
      {{ idle: name, copied: "Copied", refused: "Copying was refused" }[state]}
    </Button>
  );
}
