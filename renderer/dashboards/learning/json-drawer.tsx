/** The specification as text, for the API, for a colleague, or to be edited as a whole. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Specification } from "../../../workers/analytics/contract.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { readSpecification } from "./lab-document.ts";
import classes from "./learning.module.css";

interface JsonDrawerProps {
  readonly opened: boolean;
  readonly specification: Specification;
  readonly onClose: () => void;
  readonly onLoad: (specification: Specification) => void;
}

export function JsonDrawer({ opened, specification, onClose, onLoad }: JsonDrawerProps) {
  return (
    <SideDrawer opened={opened} onClose={onClose} title="The network as JSON" wide>
      {opened && <JsonForm specification={specification} onClose={onClose} onLoad={onLoad} />}
    </SideDrawer>
  );
}

function JsonForm({ specification, onClose, onLoad }: Omit<JsonDrawerProps, "opened">) {
  const [text, setText] = useState(() => JSON.stringify(specification, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const load = () => {
    const read = readSpecification(text);
    if (typeof read === "string") return setProblem(read);
    onLoad(read);
    onClose();
  };
  return (
    <div className={classes.content}>
      <Textarea
        label="Specification"
        className="mono"
        rows={28}
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.bar}>
        <Button onClick={load}>Use this network</Button>
        <CopyButton text={text} name="Copy JSON" />
      </div>
    </div>
  );
}
