import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { EmptyView } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import type { AbiItem } from "./abi-values.ts";
import { useBench } from "./context.ts";
import { SenderField, useSenders } from "./fields.tsx";
import { MessageForm } from "./message-form.tsx";
import { deployable, isStale } from "./workshop.ts";
import classes from "./workshop.module.css";

const noConstructor: AbiItem = { type: "constructor", inputs: [], stateMutability: "nonpayable" };

export function DeployTab() {
  const { workshop, showContract, showTab } = useBench();
  const snapshot = useStore(workshop.store);
  const senders = useSenders();
  const [chosen, setChosen] = useState("");
  const [from, setFrom] = useState("");
  const [libraries, setLibraries] = useState<Readonly<Record<string, string>>>({});
  const compilation = snapshot.compiled?.compilation;
  const contracts = deployable(compilation);
  const keyOf = (each: { file: string; name: string }) => `${each.file}:${each.name}`;
  const contract = contracts.find((each) => keyOf(each) === chosen) ?? contracts[0];
  if (compilation === undefined || contract === undefined) {
    return (
      <EmptyView>
        <p>
          {compilation === undefined
            ? "Compile the sources first; then their contracts can be deployed from here."
            : "The sources have no contract that can be deployed."}
        </p>
        <Button onClick={() => void workshop.compile()} loading={snapshot.stage !== null}>
          Compile sources
        </Button>
      </EmptyView>
    );
  }
  const item = (contract.abi as AbiItem[]).find(({ type }) => type === "constructor");
  const sender = from === "" ? (senders[0]?.address ?? "") : from;
  return (
    <div className={classes.content}>
      {isStale(snapshot) && (
        <p className={classes.note}>The sources have changed since they were compiled.</p>
      )}
      <div className={classes.bar}>
        <NativeSelect
          label="Contract"
          value={keyOf(contract)}
          data={contracts.map((each) => ({
            value: keyOf(each),
            label: `${each.name} (${each.file}), ${each.codeBytes.toLocaleString("en-US")} bytes`,
          }))}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
        <SenderField value={sender} onChange={setFrom} />
      </div>
      {contract.libraries.map((library) => (
        <TextInput
          key={library}
          label={`Address of the library ${library}`}
          value={libraries[library] ?? ""}
          onChange={(event) => setLibraries({ ...libraries, [library]: event.currentTarget.value })}
        />
      ))}
      <MessageForm
        key={`${compilation.id} ${keyOf(contract)}`}
        item={item ?? noConstructor}
        verb={`Deploy ${contract.name}`}
        contractName={contract.name}
        message={{
          compilation: compilation.id,
          contract: keyOf(contract),
          from: sender,
          to: null,
          libraries: Object.fromEntries(
            contract.libraries.map((library) => [library, libraries[library] ?? ""]),
          ),
        }}
        onDone={({ kind, receipt }) => {
          const address = receipt?.contractAddress ?? null;
          if (kind !== "deployment" || address === null) return;
          showContract(address);
          showTab("contracts");
        }}
      />
    </div>
  );
}
