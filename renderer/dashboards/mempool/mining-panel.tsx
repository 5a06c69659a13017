import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type MiningView, miningModes } from "../../../workers/blockchain/contract.ts";
import { type Command, useCommands } from "../../app/commands.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { BlockLink } from "../blockchain/explorer-link.tsx";
import { refreshStatus } from "../blockchain/use-chain.ts";
import classes from "./mempool.module.css";

type Mode = MiningView["mode"];

const names: Record<Mode, string> = {
  auto: "At once",
  interval: "At an interval",
  manual: "When told",
};
const intervals = [1, 2, 5, 12, 30, 60] as const;

function refresh(): Promise<unknown> {
  return Promise.all([
    refreshStatus(),
    queryClient.invalidateQueries({ queryKey: orpc.blockchain.mempool.pending.key() }),
  ]);
}

/** When blocks are made. */
export function MiningPanel({ mining }: { readonly mining: MiningView }) {
  const mayOperate = useMay("operator");
  const [chosenSeconds, setSeconds] = useState(5);
  const seconds = mining.seconds ?? chosenSeconds;
  const setMining = useMutation(
    orpc.blockchain.mempool.mining.mutationOptions({ onSuccess: refresh }),
  );
  const mine = useMutation(orpc.blockchain.mempool.mine.mutationOptions({ onSuccess: refresh }));
  const { mutate: set } = setMining;
  const { mutate: mineNow } = mine;
  const change = useCallback(
    (mode: Mode, every: number) => set(mode === "interval" ? { mode, seconds: every } : { mode }),
    [set],
  );
  const commands = useMemo<Command[]>(() => {
    const group = "This page";
    if (!mayOperate) return [];
    return [
      { id: "mining:mine", title: "Mine a block", group, run: () => mineNow({}) },
      ...miningModes.map((mode) => ({
        id: `mining:${mode}`,
        title: `Make blocks ${names[mode].toLowerCase()}`,
        group,
        keywords: "mining mode automine interval manual",
        run: () => change(mode, seconds),
      })),
    ];
  }, [mayOperate, seconds, change, mineNow]);
  useCommands(commands);
  const disabled = !mayOperate || setMining.isPending;
  const error = setMining.error ?? mine.error;
  return (
    <Panel title="Mining" id="mining">
      <div className={classes.mining}>
        <SegmentedControl
          aria-label="When blocks are made"
          value={mining.mode}
          disabled={disabled}
          data={miningModes.map((value) => ({ value, label: names[value] }))}
          onChange={(value) => change(value, seconds)}
        />
        <NativeSelect
          aria-label="Seconds between blocks"
          value={String(seconds)}
          disabled={disabled || mining.mode !== "interval"}
          data={[...new Set([...intervals, seconds])].map((each) => ({
            value: String(each),
            label: `every ${each} s`,
          }))}
          onChange={(event) => {
            const every = Number(event.currentTarget.value);
            setSeconds(every);
            change("interval", every);
          }}
        />
        <Button
          disabled={!mayOperate}
          loading={mine.isPending}
          variant={mining.mode === "manual" ? "filled" : "default"}
          onClick={() => mineNow({})}
        >
          Mine a block
        </Button>
        <p role="status" className={classes.plain}>
          {mine.data && !mine.error && (
            <>
              Mined block <BlockLink number={mine.data.number} /> with{" "}
              {number(mine.data.transactions)}{" "}
              {mine.data.transactions === 1 ? "transaction" : "transactions"}.
            </>
          )}
          {!mayOperate && "Mining needs the role operator."}
        </p>
      </div>
      {mining.mode !== "auto" && (
        <p className={classes.note}>
          Transfers through the API and eth_sendTransaction answer when they are mined, so they wait
          too. “At once” is how the platform starts.
        </p>
      )}
      {error && (
        <OfflineOr thread="blockchain">
          <ProblemView error={error} />
        </OfflineOr>
      )}
    </Panel>
  );
}
