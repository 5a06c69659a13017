import { Button, NumberInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { ServiceInstance } from "../../../workers/microservices/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatAge } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay, useNow } from "../../data/hooks.ts";
import { circuitHealth, instanceHealth } from "./health.ts";
import classes from "./microservices.module.css";
import { useAct, useRefresh } from "./use-cluster.ts";

/** Active services and their instances: pods, and what was registered. */
export function RegistryPanel() {
  const mayAct = useMay("operator");
  const query = useQuery(
    orpc.microservices.services.list.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const deregister = useAct(
    client.microservices.services.deregister,
    ({ id }) => `Deregistered ${id}`,
  );
  const { mutate, isPending } = deregister;
  const columns = useMemo<Column<ServiceInstance>[]>(
    () => [
      ...instanceColumns,
      {
        id: "action",
        header: "Action",
        value: ({ source }) => source,
        cell: ({ source, service, id }) =>
          source === "pod" ? (
            <span className="soft">a pod</span>
          ) : (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Deregister ${id}`}
              disabled={!mayAct || isPending}
              onClick={() => mutate({ name: service, id })}
            >
              Deregister
            </Button>
          ),
      },
    ],
    [mayAct, isPending, mutate],
  );
  return (
    <Panel title="Service registry" id="registry">
      <QueryBoundary query={query} thread="microservices">
        {({ services }) => (
          <DataTable
            label="Service instances"
            columns={columns}
            rows={services.flatMap(({ instances }) => instances)}
            rowKey={({ service, id }) => `${service}/${id}`}
            heightMax={320}
            empty="No instance yet: register one below, or create a deployment."
          />
        )}
      </QueryBoundary>
      <RegisterForm mayAct={mayAct} />
    </Panel>
  );
}

const instanceColumns: readonly Column<ServiceInstance>[] = [
  { id: "service", header: "Service", value: ({ service }) => service },
  { id: "id", header: "Instance", value: ({ id }) => id },
  { id: "address", header: "Address", value: ({ host, port }) => `${host}:${port}` },
  {
    id: "health",
    header: "Health",
    value: ({ health }) => health,
    cell: ({ health, detail }) => (
      <span title={detail}>
        <StatusMark health={instanceHealth[health]} word={health} />
      </span>
    ),
  },
  { id: "check", header: "Last check", value: ({ detail }) => detail },
  {
    id: "circuit",
    header: "Circuit",
    value: ({ circuit }) => circuit,
    cell: ({ circuit }) => <StatusMark health={circuitHealth[circuit]} word={circuit} />,
    width: "96px",
  },
  {
    id: "expires",
    header: "Expires in",
    value: ({ expiresAt }) => expiresAt,
    cell: ({ expiresAt }) =>
      expiresAt === null ? <span className="soft">never</span> : <Remaining until={expiresAt} />,
    width: "96px",
  },
];

function Remaining({ until }: { readonly until: number }) {
  return formatAge(Math.max(0, until - useNow()));
}

function RegisterForm({ mayAct }: { readonly mayAct: boolean }) {
  const [name, setName] = useState("user-service");
  const [id, setId] = useState("user-1");
  const [host, setHost] = useState("localhost");
  const [port, setPort] = useState(3001);
  const register = useAct(
    client.microservices.services.register,
    (input) => `Registered ${input.id}`,
  );
  const field = (label: string, value: string, set: (value: string) => void) => (
    <TextInput
      className={classes.grow}
      label={label}
      value={value}
      onChange={(event) => set(event.currentTarget.value)}
    />
  );
  return (
    <form
      className={classes.form}
      aria-label="Register an instance"
      onSubmit={(event) => {
        event.preventDefault();
        register.mutate({ name, id, host, port });
      }}
    >
      <div className={classes.row}>
        {field("Service", name, setName)}
        {field("Instance id", id, setId)}
        {field("Host", host, setHost)}
        <NumberInput
          size="xs"
          className={classes.narrow}
          label="Port"
          min={1}
          max={65_535}
          allowDecimal={false}
          hideControls
          thousandSeparator=""
          value={port}
          onChange={(value) => setPort(Number(value))}
        />
        <Button type="submit" loading={register.isPending} disabled={!mayAct}>
          Register instance
        </Button>
      </div>
      {register.error && <ProblemView error={register.error} />}
    </form>
  );
}
