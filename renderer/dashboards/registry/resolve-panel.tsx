import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { CopyMark } from "../../components/copy-button.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useRefresh } from "../microservices/use-cluster.ts";
import classes from "./registry.module.css";

const typingMs = 300;
const addressesMax = 50;

interface ResolvePanelProps {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

/** A DNS-like name as it is typed, and what the registry answers to it now. */
export function ResolvePanel({ name, onChange }: ResolvePanelProps) {
  const asked = useSettled(name.trim());
  return (
    <Panel title="What resolves" id="resolve">
      <div className={classes.padded}>
        <TextInput
          label="DNS name"
          placeholder="shop.default.svc.cluster.local"
          description="NAME, NAME.NAMESPACE, with .svc.cluster.local, or _PORT._tcp. before it for SRV records"
          value={name}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        {asked === "" ? (
          <p className="soft">Type a name to see its answer.</p>
        ) : (
          <Answer name={asked} />
        )}
      </div>
    </Panel>
  );
}

function Answer({ name }: { readonly name: string }) {
  const { data, error } = useQuery({
    ...orpc.microservices.services.resolve.queryOptions({
      input: { name },
      refetchInterval: useRefresh(2_000),
    }),
    staleTime: 0,
  });
  if (error !== null) {
    return (
      <OfflineOr thread="microservices">
        <ProblemView error={error} />
      </OfflineOr>
    );
  }
  if (data === undefined) return <LoadingSkeleton rows={2} />;
  const { service, addresses, records } = data;
  return (
    <output aria-label={`Answer to ${name}`}>
      <p>
        {number(addresses.length)} {addresses.length === 1 ? "address" : "addresses"} of service{" "}
        <span className="mono">{service}</span> that may be called
        {addresses.length === 0 && ": none of its instances passes or warns"}
      </p>
      <ul className={classes.list}>
        {addresses.slice(0, addressesMax).map(({ id, host, port }) => (
          <li key={`${id} ${host}:${port}`}>
            <span className="mono">
              {host}:{port}
            </span>{" "}
            <CopyMark name={`the address of ${id}`} text={`${host}:${port}`} />{" "}
            <span className="soft">{id}</span>
          </li>
        ))}
      </ul>
      {addresses.length > addressesMax && (
        <p className="soft">and {number(addresses.length - addressesMax)} more</p>
      )}
      {records.length > 0 && (
        <>
          <h3>SRV records</h3>
          <ul className={classes.list}>
            {records.slice(0, addressesMax).map(({ priority, weight, port, target }) => (
              <li key={`${target} ${port}`} className="mono">
                {priority} {weight} {port} {target}
              </li>
            ))}
          </ul>
        </>
      )}
    </output>
  );
}

/** What was typed, once the typing rests. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), typingMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
