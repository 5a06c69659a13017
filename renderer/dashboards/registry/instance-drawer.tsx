import { Button } from "@mantine/core";
import type { CheckSpec } from "../../../workers/microservices/contract.ts";
import { CopyMark } from "../../components/copy-button.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { useMay } from "../../data/hooks.ts";
import { circuitHealth, instanceHealth } from "../microservices/health.ts";
import { dnsNamesOf, type RegistryRow } from "./registry-rows.ts";
import classes from "./registry.module.css";

interface InstanceDrawerProps {
  readonly row: RegistryRow | undefined;
  readonly isKnown: boolean;
  /** "service/id" of the address; undefined: closed. */
  readonly instance: string | undefined;
  readonly onClose: () => void;
  readonly onDeregister: (row: RegistryRow) => void;
  readonly onResolve: (name: string) => void;
}

export function InstanceDrawer(props: InstanceDrawerProps) {
  const { row, isKnown, instance, onClose } = props;
  return (
    <SideDrawer
      title={`Instance ${instance ?? ""}`}
      opened={instance !== undefined}
      onClose={onClose}
    >
      {row === undefined ? (
        <p className="soft">
          {isKnown ? "The registry has no such instance any more." : "Waiting for the registry."}
        </p>
      ) : (
        <Details {...props} row={row} />
      )}
    </SideDrawer>
  );
}

function Details(props: InstanceDrawerProps & { readonly row: RegistryRow }) {
  const mayAct = useMay("operator");
  const { row, onDeregister, onResolve } = props;
  const { service, id, host, port, health, healthSince, detail, circuit, source } = row;
  return (
    <div className={classes.details}>
      <dl className={classes.facts}>
        <dt>Check</dt>
        <dd>
          <StatusMark health={instanceHealth[health]} word={health} /> since{" "}
          <RelativeAge at={healthSince} />
        </dd>
        <dt>Why</dt>
        <dd>{detail}</dd>
        <dt>Address</dt>
        <dd>
          <span className="mono">
            {host}:{port}
          </span>{" "}
          <CopyMark name="the address" text={`${host}:${port}`} />
        </dd>
        <dt>Circuit</dt>
        <dd>
          <StatusMark health={circuitHealth[circuit]} word={circuit} />
        </dd>
        <dt>Checked</dt>
        <dd>{checkInWords(row.check)}</dd>
        <dt>Lives</dt>
        <dd>
          {row.ttlSeconds === null
            ? "for as long as its controller lets it"
            : `${row.ttlSeconds} s after its last passed check or heartbeat`}
        </dd>
      </dl>
      <section aria-label="DNS names">
        <h3>DNS names of {service}</h3>
        <ul className={classes.list}>
          {dnsNamesOf(service).map((name) => (
            <li key={name}>
              <span className="mono">{name}</span> <CopyMark name={name} text={name} />{" "}
              <Button
                variant="subtle"
                size="compact-xs"
                aria-label={`Resolve ${name}`}
                onClick={() => onResolve(name)}
              >
                Resolve
              </Button>
            </li>
          ))}
        </ul>
      </section>
      <section aria-label="Tags and metadata">
        <h3>Tags and metadata</h3>
        <span className={`${classes.chips} ${classes.wrapped}`}>
          {[
            ...row.tags,
            ...Object.entries(row.metadata).map(([key, value]) => `${key}=${value}`),
          ].map((each) => (
            <span key={each} className={classes.chip}>
              {each}
            </span>
          ))}
        </span>
        {row.tags.length === 0 && row.metadataText === "" && <p className="soft">None.</p>}
      </section>
      {source === "pod" ? (
        <p className="soft">A pod: it leaves when it is deleted or its workload is scaled.</p>
      ) : (
        <div>
          <Button color="red" disabled={!mayAct} onClick={() => onDeregister(row)}>
            Deregister {id}
          </Button>
        </div>
      )}
    </div>
  );
}

function checkInWords(check: CheckSpec | null): string {
  if (check === null) return "by the probes of its pod";
  const { kind, path, intervalSeconds, failuresBeforeCritical } = check;
  if (kind === "ttl") return "by its own heartbeats";
  const what = kind === "tcp" ? "a TCP connection" : `GET ${path}`;
  return `${what} every ${intervalSeconds} s; critical after ${failuresBeforeCritical} failures in a row`;
}
