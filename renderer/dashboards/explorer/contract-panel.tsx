import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { type ApiClient, client, orpc } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { useMay } from "../../data/hooks.ts";
import { type AbiItem, isRead, signatureOf } from "../../playgrounds/contracts/abi-values.ts";
import { Rows } from "../../playgrounds/contracts/explanation-view.tsx";
import { ParameterFields, readFields } from "../../playgrounds/contracts/fields.tsx";
import { Facts } from "../blockchain/explorer-facts.tsx";
import classes from "./explorer.module.css";

type Deployments = Awaited<ReturnType<ApiClient["blockchain"]["deployments"]>>;
export type Noted = Deployments["deployments"][number];
type Explanation = Awaited<ReturnType<ApiClient["blockchain"]["explain"]>>;

/** The contract that is noted at an address; undefined: none is. */
export function useNoted(address: string): Noted | undefined {
  const { data } = useQuery(
    orpc.blockchain.deployments.queryOptions({ input: {}, staleTime: 10_000 }),
  );
  return data?.deployments.find((each) => each.address.toLowerCase() === address.toLowerCase());
}

export const contractName = ({ contract }: Noted) => contract.slice(contract.indexOf(":") + 1);

const matches: Readonly<Record<Noted["match"], string>> = {
  exact: "verified, exact match",
  "without metadata": "verified, metadata aside",
  none: "not verified",
};

/** What stands at an address, whether its sources are known, and what can be asked of it. */
export function ContractPanel(props: {
  readonly address: string;
  readonly noted: Noted | undefined;
}) {
  const { address, noted } = props;
  return (
    <Panel title="Contract" id="contract">
      {noted === undefined ? (
        <EmptyView>
          <p>
            Its sources are not known here. Verify them in the{" "}
            <Link to="/blockchain/contracts">contracts workshop</Link>.
          </p>
        </EmptyView>
      ) : (
        <Known address={address} noted={noted} />
      )}
    </Panel>
  );
}

function Known({ address, noted }: { readonly address: string; readonly noted: Noted }) {
  const artefact = useQuery(
    orpc.blockchain.artefact.queryOptions({
      input: { id: noted.compilation, contract: noted.contract },
      staleTime: Infinity,
    }),
  );
  const mayRun = useMay("operator");
  return (
    <div className={classes.details}>
      <Facts
        facts={[
          ["Name", contractName(noted)],
          [
            "Sources",
            <StatusMark
              key="match"
              health={noted.match === "none" ? "unknown" : "healthy"}
              word={matches[noted.match]}
            />,
          ],
          [
            "Workshop",
            <Link
              key="workshop"
              to="/blockchain/contracts"
              search={{ tab: "contracts", contract: address }}
            >
              Open in the workshop
            </Link>,
          ],
        ]}
      />
      <h3>Read functions</h3>
      {!mayRun && <p className="soft">Calling them needs the role operator.</p>}
      <QueryBoundary query={artefact} thread="blockchain">
        {({ abi }) => {
          const reads = (abi as AbiItem[]).filter(
            (item) => item.type === "function" && isRead(item),
          );
          if (reads.length === 0) return <p className="soft">It has none.</p>;
          return reads.map((item) => (
            <details key={signatureOf(item)}>
              <summary className="mono">{signatureOf(item)}</summary>
              {mayRun && <ReadForm address={address} noted={noted} item={item} />}
            </details>
          ));
        }}
      </QueryBoundary>
    </div>
  );
}

const readGas = 30_000_000;

function ReadForm(props: {
  readonly address: string;
  readonly noted: Noted;
  readonly item: AbiItem;
}) {
  const { address, noted, item } = props;
  const inputs = item.inputs ?? [];
  const [texts, setTexts] = useState<readonly string[]>(inputs.map(() => ""));
  const [mistakes, setMistakes] = useState<readonly (string | undefined)[]>([]);
  const [answer, setAnswer] = useState<Explanation | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    const read = readFields(inputs, texts);
    setMistakes("mistakes" in read ? read.mistakes : []);
    if ("mistakes" in read) return;
    setBusy(true);
    try {
      const { data } = await client.blockchain.encode({
        id: noted.compilation,
        contract: noted.contract,
        function: signatureOf(item),
        arguments: read.values,
      });
      const source = { kind: "call", to: address, data, gas: readGas } as const;
      setAnswer(await client.blockchain.explain({ source, compilations: [noted.compilation] }));
      setProblem(null);
    } catch (error) {
      setProblem(toProblemError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className={classes.read}
      aria-label={item.name}
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      <ParameterFields
        parameters={inputs}
        texts={texts}
        mistakes={mistakes}
        onChange={(index, text) =>
          setTexts(texts.map((each, place) => (place === index ? text : each)))
        }
      />
      <Button type="submit" variant="default" loading={busy}>
        Read {item.name}
      </Button>
      {problem !== null && <ProblemView error={problem} />}
      {answer !== null &&
        problem === null &&
        (answer.failure === null ? (
          <Rows label={`Result of ${item.name}`} rows={answer.result ?? []} empty={answer.output} />
        ) : (
          <p role="alert">{answer.failure.message}</p>
        ))}
    </form>
  );
}
