import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { client } from "../../data/client.ts";
import { useAct } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";
import { kindWord, type Reference, referenceInput, referenceText } from "./references.ts";

const namedMax = 12;

/** Names everything that goes; the word to type is the name of the one, or the count of the many. */
export function DeleteObjects(props: {
  readonly objects: readonly Reference[];
  readonly onClose: () => void;
}) {
  const { objects, onClose } = props;
  const [first] = objects;
  return (
    <Modal
      opened={first !== undefined}
      onClose={onClose}
      title={
        objects.length === 1 && first
          ? `Delete ${kindWord(first.resource)} ${first.name}?`
          : `Delete ${objects.length} objects?`
      }
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {first !== undefined && <Confirmation key={objects.length} {...props} first={first} />}
    </Modal>
  );
}

function Confirmation(props: {
  readonly objects: readonly Reference[];
  readonly first: Reference;
  readonly onClose: () => void;
}) {
  const { objects, first, onClose } = props;
  const [typed, setTyped] = useState("");
  const word = objects.length === 1 ? first.name : `delete ${objects.length}`;
  const remove = useAct(
    async (input: readonly Reference[]) => {
      const answer = await client.microservices.cluster.delete({
        objects: input.map(referenceInput),
      });
      const [refused] = answer.refused;
      if (refused !== undefined) throw new Error(`${refused.object}: ${refused.message}`);
    },
    (input) => `Deleted ${input.length === 1 ? first.name : `${input.length} objects`}`,
  );
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (typed === word) remove.mutate(objects, { onSettled: onClose });
      }}
    >
      <p>
        This cannot be undone. A pod that a controller owns is replaced by a new one; a controller
        takes its pods with it.
      </p>
      <ul className={classes.list}>
        {objects.slice(0, namedMax).map((object) => (
          <li key={referenceText(object)} className="mono">
            {object.namespace === "" ? "" : `${object.namespace}/`}
            {object.name}
          </li>
        ))}
        {objects.length > namedMax && <li>and {objects.length - namedMax} more</li>}
      </ul>
      <TextInput
        data-autofocus
        label={`Type ${word} to go on`}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" color="red" disabled={typed !== word} loading={remove.isPending}>
          {objects.length === 1 ? `Delete ${first.name}` : `Delete ${objects.length} objects`}
        </Button>
      </Group>
    </form>
  );
}
