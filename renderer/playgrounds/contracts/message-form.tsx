import { Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { useMay } from "../../data/hooks.ts";
import { type AbiItem, isRead, signatureOf, weiOf } from "./abi-values.ts";
import { useBench } from "./context.ts";
import type { Deed, Message } from "./deeds.ts";
import { DeedView } from "./explanation-view.tsx";
import { ParameterFields, readFields } from "./fields.tsx";
import classes from "./workshop.module.css";

interface MessageFormProps {
  /** A function or constructor; without inputs where the contract has no constructor. */
  readonly item: AbiItem;
  readonly verb: string;
  readonly message: Pick<Message, "compilation" | "contract" | "from" | "to" | "libraries">;
  readonly contractName: string;
  readonly onDone?: (deed: Deed) => void;
}

/** The fields of a function or constructor, the button that runs it, and what came of it. */
export function MessageForm({ item, verb, message, contractName, onDone }: MessageFormProps) {
  const { deeds } = useBench();
  const mayRun = useMay("operator");
  const [texts, setTexts] = useState<readonly string[]>([]);
  const [mistakes, setMistakes] = useState<readonly (string | undefined)[]>([]);
  const [coins, setCoins] = useState("");
  const inputs = item.inputs ?? [];
  const isPayable = item.stateMutability === "payable";
  const wei = weiOf(coins);
  const run = useMutation({
    mutationFn: async (isSentAnyway: boolean) => {
      const read = readFields(inputs, texts);
      setMistakes("mistakes" in read ? read.mistakes : []);
      if ("mistakes" in read || wei === null) return null;
      const given = read.values.map((value) =>
        typeof value === "string" ? value : JSON.stringify(value),
      );
      const name =
        item.type === "constructor" ? `new ${contractName}` : `${contractName}.${item.name}`;
      const order: Message = {
        ...message,
        title: `${name}(${given.join(", ")})`.slice(0, 200),
        function: item.type === "constructor" ? null : signatureOf(item),
        arguments: read.values,
        value: wei,
      };
      const deed =
        item.type === "function" && isRead(item)
          ? await deeds.call(order)
          : await deeds.send(order, isSentAnyway);
      onDone?.(deed);
      return deed;
    },
  });
  const deed = run.data ?? null;
  return (
    <form
      className={classes.form}
      aria-label={item.type === "constructor" ? `Deploy ${contractName}` : (item.name ?? "")}
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(false);
      }}
    >
      <ParameterFields
        parameters={inputs}
        texts={texts}
        mistakes={mistakes}
        onChange={(index, text) =>
          setTexts(
            Array.from({ length: inputs.length }, (_, at) =>
              at === index ? text : (texts[at] ?? ""),
            ),
          )
        }
      />
      {isPayable && (
        <TextInput
          label="Coins to send along"
          placeholder="0"
          inputMode="decimal"
          value={coins}
          error={
            wei === null ? "Give a decimal with at most 18 digits after the point." : undefined
          }
          onChange={(event) => setCoins(event.currentTarget.value)}
        />
      )}
      <div className={classes.actions}>
        <Button type="submit" loading={run.isPending} disabled={!mayRun || message.from === ""}>
          {verb}
        </Button>
        {deed?.kind === "not sent" && (
          <Button variant="default" loading={run.isPending} onClick={() => run.mutate(true)}>
            Send although it fails
          </Button>
        )}
        {!mayRun && <span className="soft">This needs the role operator.</span>}
      </div>
      {run.error && (
        <OfflineOr thread="blockchain">
          <ProblemView error={run.error} />
        </OfflineOr>
      )}
      {deed && <DeedView deed={deed} />}
    </form>
  );
}
