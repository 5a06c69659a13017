import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../data/client.ts";
import { useAct } from "./use-cluster.ts";

/** A deleted deployment cannot be had back, so its name has to be typed. */
export function DeleteDeployment(props: { readonly name: string; readonly disabled: boolean }) {
  const { name, disabled } = props;
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const remove = useAct(client.microservices.deployments.remove, () => `Deleted ${name}`);
  const close = () => {
    setOpened(false);
    setTyped("");
  };
  return (
    <>
      <Button variant="default" disabled={disabled} onClick={() => setOpened(true)}>
        Delete {name}…
      </Button>
      <Modal opened={opened} onClose={close} title={`Delete ${name} with all its pods?`}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            remove.mutate({ name }, { onSuccess: close });
          }}
        >
          <TextInput
            data-autofocus
            label={`Type ${name} to delete it`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button type="submit" color="red" disabled={typed !== name} loading={remove.isPending}>
              Delete {name}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
