import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { commandLengthMax } from "../../../workers/consensus/contract.ts";
import { duration, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./consensus.module.css";

export function ProposePanel({ disabled }: { readonly disabled: boolean }) {
  const [command, setCommand] = useState("set colour blue");
  const propose = useMutation(orpc.integration.consensus.propose.mutationOptions());
  const agreed = propose.data;
  return (
    <Panel title="Propose" id="propose">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          propose.mutate({ command });
        }}
      >
        <TextInput
          label="Command"
          description="Any text; it takes effect once, however often it is sent"
          value={command}
          maxLength={commandLengthMax}
          onChange={(event) => setCommand(event.currentTarget.value)}
        />
        <Button type="submit" loading={propose.isPending} disabled={disabled || command === ""}>
          Propose command
        </Button>
        <div role="status">
          {agreed && !propose.isPending && (
            <p>
              Agreed at index {agreed.index} in term {agreed.term} after{" "}
              {text(duration(agreed.committedAfterMs))}
              {agreed.attempts > 1 && `, sent ${agreed.attempts} times`}.
            </p>
          )}
        </div>
        {propose.error && <ProblemView error={propose.error} />}
      </form>
    </Panel>
  );
}
