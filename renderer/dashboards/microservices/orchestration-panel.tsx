import { Autocomplete, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type DeploymentView, replicasMax } from "../../../workers/microservices/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { DeleteDeployment } from "./delete-deployment.tsx";
import classes from "./microservices.module.css";
import { useAct, useRefresh } from "./use-cluster.ts";

/** References that a user may pick; the field takes any other too. */
const imageReferences = [
  "nginx:latest",
  "echo",
  "slow",
  "relay",
  "failing",
  "failing:errors",
  "failing:unhealthy",
];

/** Scaling and deployment controls. */
export function OrchestrationPanel() {
  const mayAct = useMay("operator");
  return (
    <Panel title="Orchestration" id="orchestration">
      <div className={classes.columns}>
        <CreateForm mayAct={mayAct} />
        <ChangeForm mayAct={mayAct} />
      </div>
      {!mayAct && <p className={classes.form}>These need the role operator.</p>}
    </Panel>
  );
}

function CreateForm({ mayAct }: { readonly mayAct: boolean }) {
  const [name, setName] = useState("web-app");
  const [image, setImage] = useState("nginx:latest");
  const [replicas, setReplicas] = useState(3);
  const [environment, setEnvironment] = useState("");
  const create = useAct(
    client.microservices.deployments.create,
    (input) => `Created ${input.name}`,
  );
  return (
    <form
      className={classes.form}
      aria-label="Create a deployment"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate({ name, image, replicas, environment: readEnvironment(environment) });
      }}
    >
      <h3>Create a deployment</h3>
      <div className={classes.row}>
        <TextInput
          className={classes.grow}
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Autocomplete
          size="xs"
          className={classes.grow}
          label="Image"
          data={imageReferences}
          value={image}
          onChange={setImage}
        />
        <ReplicasInput value={replicas} onChange={setReplicas} />
      </div>
      <div className={classes.row}>
        <TextInput
          className={classes.grow}
          label="Environment"
          placeholder="UPSTREAM=web-app DELAY_MS=300"
          value={environment}
          onChange={(event) => setEnvironment(event.currentTarget.value)}
        />
        <Button type="submit" loading={create.isPending} disabled={!mayAct}>
          Create deployment
        </Button>
      </div>
      {create.error && <ProblemView error={create.error} />}
    </form>
  );
}

/** `A=1 B=2` as an object. */
function readEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(/\s+/)
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [name = "", ...value] = pair.split("=");
        return [name, value.join("=")];
      }),
  );
}

function ReplicasInput(props: {
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <NumberInput
      size="xs"
      className={classes.narrow}
      label="Replicas"
      min={0}
      max={replicasMax}
      allowDecimal={false}
      value={props.value}
      onChange={(value) => props.onChange(Number(value))}
    />
  );
}

function ChangeForm({ mayAct }: { readonly mayAct: boolean }) {
  const { data } = useQuery(
    orpc.microservices.deployments.list.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const deployments = data?.deployments ?? [];
  const deployment = deployments.find(({ name }) => name === chosen) ?? deployments[0];
  return (
    <div className={classes.form}>
      <h3>Change a deployment</h3>
      {deployment === undefined ? (
        <p className="soft">There is none yet. Create one, and scale it here.</p>
      ) : (
        <>
          <Select
            label="Deployment"
            data={deployments.map(({ name }) => name)}
            value={deployment.name}
            allowDeselect={false}
            onChange={setChosen}
          />
          <ChangeControls key={deployment.name} deployment={deployment} mayAct={mayAct} />
        </>
      )}
    </div>
  );
}

function ChangeControls(props: { readonly deployment: DeploymentView; readonly mayAct: boolean }) {
  const { deployment, mayAct } = props;
  const { name } = deployment;
  const [replicas, setReplicas] = useState(deployment.replicas);
  const [image, setImage] = useState(deployment.image);
  const { deployments } = client.microservices;
  const scale = useAct(deployments.scale, (input) => `Scaled ${name} to ${input.replicas}`);
  const update = useAct(deployments.update, (input) => `Rolling ${input.image} out to ${name}`);
  const restart = useAct(deployments.restart, () => `Restarting ${name}`);
  return (
    <>
      <div className={classes.row}>
        <ReplicasInput value={replicas} onChange={setReplicas} />
        <Button
          disabled={!mayAct}
          loading={scale.isPending}
          onClick={() => scale.mutate({ name, replicas })}
        >
          Scale {name}
        </Button>
        <Autocomplete
          size="xs"
          className={classes.grow}
          label="New image"
          data={imageReferences}
          value={image}
          onChange={setImage}
        />
        <Button
          variant="default"
          disabled={!mayAct}
          loading={update.isPending}
          onClick={() => update.mutate({ name, image })}
        >
          Roll out
        </Button>
      </div>
      <div className={classes.row}>
        <Button
          variant="default"
          disabled={!mayAct}
          loading={restart.isPending}
          onClick={() => restart.mutate({ name })}
        >
          Restart {name}
        </Button>
        <DeleteDeployment name={name} disabled={!mayAct} />
      </div>
    </>
  );
}
