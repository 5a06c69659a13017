import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { coinSymbol, type TransferOutput } from "../../../workers/blockchain/contract.ts";
import { abbreviate } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./blockchain.module.css";
import { BlockLink, TransactionLink } from "./explorer-link.tsx";
import { coins } from "./money.ts";
import { readTransfer, type TransferErrors, type TransferFields } from "./transfer-fields.ts";
import { refreshStatus } from "./use-chain.ts";

const developersMax = 20;
const documented: TransferFields = { from: "0x123...", to: "0x456...", amount: "100" };

export function TransferForm() {
  const [fields, setFields] = useState<TransferFields>(documented);
  const [errors, setErrors] = useState<TransferErrors>({});
  const mayRun = useMay("operator");
  const suggestions = useId();
  const { data } = useQuery(
    orpc.blockchain.accounts.queryOptions({ input: { limit: developersMax } }),
  );
  const developers = (data?.accounts ?? []).filter(({ kind }) => kind === "developer");
  const transfer = useMutation(
    orpc.blockchain.transfer.mutationOptions({ onSuccess: () => refreshStatus() }),
  );
  const submit = () => {
    const result = readTransfer(fields);
    setErrors("errors" in result ? result.errors : {});
    if ("input" in result) transfer.mutate(result.input);
  };
  const field = (name: keyof TransferFields) => ({
    value: fields[name],
    error: errors[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      setFields({ ...fields, [name]: event.currentTarget.value }),
  });
  const names = developers.map(({ address, label }) => ({
    value: address,
    label: `${label ?? ""} ${abbreviate(address)}`,
  }));
  return (
    <Panel title="Send a transfer">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <NativeSelect
          label="From"
          description="A developer account; the ledger holds its key"
          data={[{ value: documented.from, label: "0x123..., as documented" }, ...names]}
          {...field("from")}
        />
        <TextInput
          label="To"
          description="An address, or its first digits"
          list={suggestions}
          spellCheck={false}
          {...field("to")}
        />
        <datalist id={suggestions}>
          {names.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </datalist>
        <TextInput
          label={`Amount, ${coinSymbol}`}
          description="Whole coins or a decimal, exact to 18 digits"
          inputMode="decimal"
          {...field("amount")}
        />
        <Button type="submit" loading={transfer.isPending} disabled={!mayRun}>
          Send transfer
        </Button>
        {!mayRun && <p className="soft">Sending needs the role operator.</p>}
        {transfer.error && (
          <OfflineOr thread="blockchain">
            <ProblemView error={transfer.error} />
          </OfflineOr>
        )}
        {transfer.data && !transfer.error && <Sent sent={transfer.data} />}
      </form>
    </Panel>
  );
}

function Sent({ sent }: { readonly sent: TransferOutput }) {
  return (
    <p role="status">
      Sent {coins(sent.amount)} {coinSymbol} in block <BlockLink number={sent.blockNumber} /> as{" "}
      <TransactionLink hash={sent.hash} />; the fee was {sent.fee} {coinSymbol}.
    </p>
  );
}
