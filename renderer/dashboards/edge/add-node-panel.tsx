import { Autocomplete, Button, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { addNodeInputSchema } from "../../../workers/edge/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./edge.module.css";
import { refreshEdge, useEdgePlaces } from "./use-edge.ts";

const emptyForm = {
  location: "New Region",
  latitude: "",
  longitude: "",
  cpu: "4",
  memory: "8192",
  storage: "100",
};
type Form = typeof emptyForm;

export function AddNodePanel() {
  const [form, setForm] = useState<Form>(emptyForm);
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const places = useEdgePlaces();
  const mayAdd = useMay("operator");
  const add = useMutation(orpc.edge.addNode.mutationOptions({ onSuccess: () => refreshEdge() }));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    const read = addNodeInputSchema.safeParse(inputOf(form));
    setWrong(
      Object.fromEntries(
        (read.error?.issues ?? []).map(({ path, message }) => [String(path.at(-1)), message]),
      ),
    );
    if (read.success) add.mutate(read.data);
  };
  const field = (name: keyof Form, label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      inputMode="decimal"
      value={form[name]}
      error={wrong[name]}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Panel title="Add a node">
      <form className={classes.form} onSubmit={submit}>
        <Autocomplete
          label="Location"
          description="A known place, “New Region” for the nearest free one, or any name with coordinates"
          data={["New Region", ...(places.data?.places.map(({ name }) => name) ?? [])]}
          limit={50}
          value={form.location}
          error={wrong["location"]}
          onChange={(location) => setForm({ ...form, location })}
        />
        <div className={classes.fields}>
          {field("latitude", "Latitude", "Empty: known place")}
          {field("longitude", "Longitude", "Empty: known place")}
        </div>
        <div className={classes.fields}>
          {field("cpu", "CPU", "Requests at once")}
          {field("memory", "Memory", "MiB")}
          {field("storage", "Storage", "GiB")}
        </div>
        <Button type="submit" loading={add.isPending} disabled={!mayAdd}>
          Add node
        </Button>
        {!mayAdd && <p className="soft">Adding needs the role operator.</p>}
        {add.data && <p role="status">{add.data.placement}</p>}
        {add.error && (
          <OfflineOr thread="edge">
            <ProblemView error={add.error} />
          </OfflineOr>
        )}
      </form>
    </Panel>
  );
}

function inputOf(form: Form) {
  const optional = (name: "latitude" | "longitude") =>
    form[name].trim() === "" ? {} : { [name]: Number(form[name]) };
  return {
    location: form.location,
    ...optional("latitude"),
    ...optional("longitude"),
    capabilities: {
      cpu: Number(form.cpu),
      memory: Number(form.memory),
      storage: Number(form.storage),
    },
  };
}
