import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type AccountSummary, coinSymbol } from "../../../workers/blockchain/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { AccountLink, BlockLink, TransactionLink } from "../blockchain/explorer-link.tsx";
import { coins } from "../blockchain/money.ts";
import { refreshStatus } from "../blockchain/use-chain.ts";
import classes from "./connect.module.css";
import { type FaucetErrors, faucetCoinsMax, readFaucet } from "./faucet-fields.ts";

/** Gives coins of a developer account to an address. */
export function Faucet({ developers }: { readonly developers: readonly AccountSummary[] }) {
  const mayRun = useMay("operator");
  const [to, setTo] = useState("");
  const [amount, setAmount] = useState("10");
  const [from, setFrom] = useState<string | null>(null);
  const [errors, setErrors] = useState<FaucetErrors>({});
  const transfer = useMutation(
    orpc.blockchain.transfer.mutationOptions({ onSuccess: () => refreshStatus() }),
  );
  const giver = from ?? richest(developers)?.address ?? "";
  const sent = transfer.error ? undefined : transfer.data;
  return (
    <Panel title="Faucet" id="faucet">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          const result = readFaucet({ from: giver, to, amount });
          setErrors("errors" in result ? result.errors : {});
          if ("input" in result) transfer.mutate(result.input);
        }}
      >
        <TextInput
          label="Address"
          description="Whole: 0x and 40 digits, such as that of your wallet"
          value={to}
          error={errors.to}
          spellCheck={false}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <TextInput
          label={`Amount, ${coinSymbol}`}
          description={`At most ${coins(String(faucetCoinsMax))} at a time`}
          inputMode="decimal"
          value={amount}
          error={errors.amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
        <NativeSelect
          label="From"
          description="A developer account; the ledger signs"
          value={giver}
          data={developers.map(({ address, label, balance }) => ({
            value: address,
            label: `${label ?? address}, ${coins(balance.split(".")[0] ?? "0")} ${coinSymbol}`,
          }))}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <Button
          type="submit"
          loading={transfer.isPending}
          disabled={!mayRun || giver === "" || to === ""}
        >
          Give coins
        </Button>
        {!mayRun && <p className="soft">Giving needs the role operator.</p>}
        {transfer.isPending && (
          <p className="soft">Waiting for the block; it comes at once unless mining is manual.</p>
        )}
        {transfer.error && (
          <OfflineOr thread="blockchain">
            <ProblemView error={transfer.error} />
          </OfflineOr>
        )}
        {sent && (
          <p role="status">
            Gave {coins(sent.amount)} {coinSymbol} in block <BlockLink number={sent.blockNumber} />{" "}
            as <TransactionLink hash={sent.hash} />. <AccountLink address={sent.to} /> now holds{" "}
            {coins(sent.balances.to)} {coinSymbol}.
          </p>
        )}
      </form>
    </Panel>
  );
}

function richest(developers: readonly AccountSummary[]): AccountSummary | undefined {
  return developers.reduce<AccountSummary | undefined>(
    (best, each) =>
      best === undefined || BigInt(each.balanceWei) > BigInt(best.balanceWei) ? each : best,
    undefined,
  );
}
