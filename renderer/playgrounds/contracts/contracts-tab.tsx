import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { abbreviate } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { type AbiItem, isRead, signatureOf } from "./abi-values.ts";
import type { Deployment } from "./answers.ts";
import { useBench } from "./context.ts";
import { Rows } from "./explanation-view.tsx";
import { SenderField, useSenders } from "./fields.tsx";
import { MessageForm } from "./message-form.tsx";
import classes from "./workshop.module.css";

const nameOf = (contract: string) => contract.slice(contract.indexOf(":") + 1);

/** The contracts that stand on the chain, with forms for what they can do. */
export function ContractsTab({ address }: { readonly address: string | undefined }) {
  const { showContract, showTab } = useBench();
  const query = useQuery(orpc.blockchain.deployments.queryOptions({ input: {} }));
  return (
    <QueryBoundary
      query={query}
      thread="blockchain"
      isEmpty={({ deployments }) => deployments.length === 0}
      empty={
        <>
          <p>No contract is deployed yet.</p>
          <Button onClick={() => showTab("deploy")}>Deploy one</Button>
        </>
      }
    >
      {({ deployments }) => {
        const sorted = deployments.toSorted((one, other) => other.notedAt - one.notedAt);
        const same = (each: Deployment) => each.address.toLowerCase() === address?.toLowerCase();
        const shown = address === undefined ? sorted[0] : sorted.find(same);
        return (
          <div className={classes.content}>
            <NativeSelect
              label="Deployed contract"
              value={shown?.address ?? ""}
              data={[
                ...(shown === undefined ? [{ value: "", label: "Choose one" }] : []),
                ...sorted.map((each) => ({
                  value: each.address,
                  label: `${nameOf(each.contract)} at ${abbreviate(each.address)}`,
                })),
              ]}
              onChange={(event) => showContract(event.currentTarget.value)}
            />
            {shown === undefined ? (
              <EmptyView>
                <p>
                  No contract is noted at <span className="mono">{address}</span>.
                </p>
              </EmptyView>
            ) : (
              <Deployed key={shown.address} deployment={shown} />
            )}
          </div>
        );
      }}
    </QueryBoundary>
  );
}

function Deployed({ deployment }: { readonly deployment: Deployment }) {
  const { address, compilation, contract } = deployment;
  const { showContract } = useBench();
  const mayRun = useMay("operator");
  const senders = useSenders();
  const [from, setFrom] = useState("");
  const artefact = useQuery(
    orpc.blockchain.artefact.queryOptions({
      input: { id: compilation, contract },
      staleTime: Infinity,
    }),
  );
  const forget = useMutation(
    orpc.blockchain.forgetDeployment.mutationOptions({
      onSuccess: () => {
        showContract(undefined);
        return queryClient.invalidateQueries({ queryKey: orpc.blockchain.deployments.key() });
      },
    }),
  );
  const sender = from === "" ? (senders[0]?.address ?? "") : from;
  return (
    <>
      <div className={classes.bar}>
        <SenderField value={sender} onChange={setFrom} />
        <CopyButton text={address} name="Copy address" />
        <Button
          variant="default"
          disabled={!mayRun}
          loading={forget.isPending}
          title="Takes it off this list; the chain keeps it"
          onClick={() => forget.mutate({ address })}
        >
          Forget contract
        </Button>
      </div>
      {forget.error && <ProblemView error={forget.error} />}
      <StateVariables address={address} />
      <QueryBoundary query={artefact} thread="blockchain">
        {({ abi }) => {
          const functions = (abi as AbiItem[]).filter(({ type }) => type === "function");
          const groups = [
            { title: "Read", items: functions.filter(isRead) },
            { title: "Write", items: functions.filter((item) => !isRead(item)) },
          ];
          return groups.map(({ title, items }) => (
            <section key={title} aria-label={`${title} functions`}>
              <h3 className={classes.small}>{title}</h3>
              {items.length === 0 && <p className="soft">None.</p>}
              {items.map((item) => (
                <details key={signatureOf(item)} className={classes.function}>
                  <summary className="mono">{signatureOf(item)}</summary>
                  <MessageForm
                    item={item}
                    verb={`${isRead(item) ? "Call" : "Send"} ${item.name}`}
                    contractName={nameOf(contract)}
                    message={{ compilation, contract, from: sender, to: address }}
                  />
                </details>
              ))}
            </section>
          ));
        }}
      </QueryBoundary>
    </>
  );
}

function StateVariables({ address }: { readonly address: string }) {
  const [key, setKey] = useState("");
  const keys = key.split(/[\s,]+/).filter((each) => each !== "");
  const query = useQuery(
    orpc.blockchain.storage.queryOptions({ input: { address, keys: keys.slice(0, 100) } }),
  );
  return (
    <details className={classes.function} open>
      <summary>State variables</summary>
      <div className={classes.form}>
        <TextInput
          label="Keys of mappings"
          placeholder="An address, a number…"
          spellCheck={false}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <QueryBoundary query={query} thread="blockchain">
          {({ rows }) => <Rows label="State variables" rows={rows} empty="It has none." />}
        </QueryBoundary>
      </div>
    </details>
  );
}
