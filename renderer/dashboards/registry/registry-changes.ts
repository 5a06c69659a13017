/** Instances taken in and out, each with its way back. */
import { useState } from "react";
import { client } from "../../data/client.ts";
import { useAct } from "../microservices/use-cluster.ts";
import type { RegistryRow } from "./registry-rows.ts";

export type Registration = Parameters<typeof client.microservices.services.register>[0];

interface Change {
  readonly sentence: string;
  readonly undoWord: string;
  readonly undo: () => Promise<unknown>;
}

/** What it takes to register an instance as it was; undefined for a pod. */
function registrationOf(row: RegistryRow | undefined): Registration | undefined {
  if (row === undefined || row.source !== "registered" || row.check === null) return undefined;
  const { service: name, id, host, port, ttlSeconds, tags, metadata, check } = row;
  return {
    name,
    id,
    host,
    port,
    tags,
    metadata,
    check,
    ...(ttlSeconds !== null && { ttlSeconds }),
  };
}

/** @param rowOf the instance as it is now, before a change */
export function useRegistryChanges(rowOf: (key: string) => RegistryRow | undefined) {
  const [last, setLast] = useState<Change | null>(null);
  const { register: send, deregister: take } = client.microservices.services;
  const register = useAct(
    async (input: Registration) => {
      const before = registrationOf(rowOf(`${input.name}/${input.id}`));
      await send(input);
      setLast(
        before === undefined
          ? {
              sentence: `Registered ${input.id} of ${input.name}.`,
              undoWord: "Deregister it again",
              undo: () => take({ name: input.name, id: input.id }),
            }
          : {
              sentence: `Registered ${input.id} of ${input.name} anew.`,
              undoWord: "Register it as it was",
              undo: () => send(before),
            },
      );
    },
    ({ id }) => `Registered ${id}`,
  );
  const deregister = useAct(
    async (row: RegistryRow) => {
      const before = registrationOf(row);
      await take({ name: row.service, id: row.id });
      if (before === undefined) return;
      setLast({
        sentence: `Deregistered ${row.id} of ${row.service}.`,
        undoWord: "Register it again",
        undo: () => send(before),
      });
    },
    ({ id }) => `Deregistered ${id}`,
  );
  const undo = useAct(
    async (change: Change) => {
      await change.undo();
      setLast(null);
    },
    () => "Undone",
  );
  return { last, register, deregister, undo };
}
