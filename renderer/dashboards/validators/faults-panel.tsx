import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { ValidatorsStatus } from "../../../workers/blockchain/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { client } from "../../data/client.ts";
import type { Act } from "./use-validators.ts";
import classes from "./validators.module.css";

interface FaultsPanelProps {
  readonly status: ValidatorsStatus;
  readonly disabled: boolean;
  readonly act: Act;
}

const losses = [0, 0.05, 0.2, 0.5] as const;
const delaysMs = [0, 10, 50, 200] as const;

/** Faults of the network between the validators. */
export function FaultsPanel({ status, disabled, act }: FaultsPanelProps) {
  const { leader, validators } = status;
  return (
    <Panel title="Break the network" id="faults">
      <div className={classes.form}>
        <PartitionForm status={status} disabled={disabled} act={act} />
        {leader !== null && (
          <Button
            variant="default"
            disabled={disabled}
            onClick={() =>
              act(() => client.blockchain.validators.partition({ groups: [[leader]] }))
            }
          >
            Isolate the leader, validator {leader}
          </Button>
        )}
        <Button
          variant="default"
          disabled={disabled}
          onClick={() =>
            act(() =>
              client.blockchain.validators.partition({ groups: validators.map(({ id }) => [id]) }),
            )
          }
        >
          Isolate every validator
        </Button>
        <LinksForm disabled={disabled} act={act} />
        <p className="soft">Heal undoes all of it; nothing that was agreed on is lost by it.</p>
      </div>
    </Panel>
  );
}

function PartitionForm({ status, disabled, act }: FaultsPanelProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { validators } = status;
  const possible = chosen.length > 0 && chosen.length < validators.length;
  return (
    <form
      className={classes.form}
      data-bare
      onSubmit={(event) => {
        event.preventDefault();
        act(() => client.blockchain.validators.partition({ groups: [chosen.map(Number)] }));
      }}
    >
      <Checkbox.Group
        label="One side of the cut"
        description="The others are the second side"
        value={[...chosen]}
        onChange={setChosen}
      >
        <div className={classes.choices}>
          {validators.map(({ id }) => (
            <Checkbox key={id} value={String(id)} label={`Validator ${id}`} size="xs" />
          ))}
        </div>
      </Checkbox.Group>
      <Button type="submit" variant="default" disabled={disabled || !possible}>
        Cut this side off
      </Button>
    </form>
  );
}

function LinksForm({ disabled, act }: Pick<FaultsPanelProps, "disabled" | "act">) {
  const [lossChance, setLossChance] = useState(0.2);
  const [delayMeanMs, setDelayMeanMs] = useState(10);
  return (
    <form
      className={classes.form}
      data-bare
      onSubmit={(event) => {
        event.preventDefault();
        act(() => client.blockchain.validators.links({ lossChance, delayMeanMs }));
      }}
    >
      <div className={classes.pair}>
        <NativeSelect
          label="Messages lost"
          value={String(lossChance)}
          data={losses.map((loss) => ({ value: String(loss), label: `${loss * 100} %` }))}
          onChange={(event) => setLossChance(Number(event.currentTarget.value))}
        />
        <NativeSelect
          label="Mean delay"
          value={String(delayMeanMs)}
          data={delaysMs.map((delay) => ({ value: String(delay), label: `${delay} ms` }))}
          onChange={(event) => setDelayMeanMs(Number(event.currentTarget.value))}
        />
      </div>
      <Button type="submit" variant="default" disabled={disabled}>
        Make the links lossy
      </Button>
    </form>
  );
}
