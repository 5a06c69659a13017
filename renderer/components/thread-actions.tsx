/** Start, stop and restart of a thread, the same wherever they are offered. */
import { Button, Group, Modal } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { createContext, use, useCallback, useMemo, useState } from "react";
import type { SubsystemId, Thread } from "../../workers/service/contract.ts";
import { client } from "../data/client.ts";
import { liveStore } from "../data/live.ts";
import { toProblemError } from "../data/problem.ts";
import { sessionStore } from "../data/session.ts";
import { subsystemTitle } from "../data/subsystem.ts";

export type ThreadAction = "start" | "stop" | "restart";

export const threadActions: readonly {
  readonly action: ThreadAction;
  readonly verb: string;
  readonly done: string;
  /** The states from which it makes sense. */
  readonly from: readonly Thread["state"][];
}[] = [
  { action: "start", verb: "Start", done: "started", from: ["stopped", "failed"] },
  { action: "stop", verb: "Stop", done: "stopped", from: ["ready", "starting", "restarting"] },
  { action: "restart", verb: "Restart", done: "restarted", from: ["ready", "failed"] },
];

interface ThreadActions {
  readonly act: (id: SubsystemId, action: ThreadAction) => void;
  readonly busy: SubsystemId | null;
}

const Context = createContext<ThreadActions>({ act: () => undefined, busy: null });

export function useThreadActions(): ThreadActions {
  return use(Context);
}

export function ThreadActionsProvider({ children }: { readonly children: React.ReactNode }) {
  const [busy, setBusy] = useState<SubsystemId | null>(null);
  const [asked, setAsked] = useState<{ id: SubsystemId; action: ThreadAction } | null>(null);

  const run = useCallback(async (id: SubsystemId, action: ThreadAction) => {
    setBusy(id);
    await perform(id, action);
    setBusy(null);
  }, []);
  const act = useCallback(
    (id: SubsystemId, action: ThreadAction) => {
      if (action !== "start" && servesThisPage(id)) setAsked({ id, action });
      else void run(id, action);
    },
    [run],
  );
  const value = useMemo(() => ({ act, busy }), [act, busy]);

  return (
    <Context value={value}>
      {children}
      {asked && (
        <OwnThreadQuestion
          {...asked}
          onCancel={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null);
            void run(asked.id, asked.action);
          }}
        />
      )}
    </Context>
  );
}

function servesThisPage(id: SubsystemId): boolean {
  const session = sessionStore.get();
  return session.phase === "signed-in" && session.subsystem === id;
}

async function perform(id: SubsystemId, action: ThreadAction): Promise<void> {
  const title = subsystemTitle(id);
  const row = threadActions.find((candidate) => candidate.action === action);
  try {
    await client.platform[action]({ id });
    notifications.show({ message: `${title} ${row?.done}` });
  } catch (error) {
    const { data } = toProblemError(error);
    // The thread that was asked to leave may leave before it has answered.
    if (data.code === "UNREACHABLE" && servesThisPage(id)) return;
    notifications.show({
      color: "red",
      title: `${title} was not ${row?.done} (${data.code})`,
      message: `${data.detail} ${data.remedy}`,
    });
  }
}

interface QuestionProps {
  readonly id: SubsystemId;
  readonly action: ThreadAction;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

function OwnThreadQuestion({ id, action, onCancel, onConfirm }: QuestionProps) {
  const title = subsystemTitle(id);
  const verb = action === "stop" ? "Stop" : "Restart";
  const other = liveStore
    .get()
    .state?.threads.find((thread) => thread.id !== id && thread.url && thread.state === "ready");
  return (
    <Modal opened onClose={onCancel} title={`${verb} the thread that serves this page?`}>
      <p>
        {action === "stop"
          ? `This page loses its connection and cannot start ${title} again.`
          : `This page loses its connection for a moment and comes back by itself.`}
      </p>
      {action === "stop" && other?.url && (
        <p>
          {other.title} keeps the control center at <a href={other.url}>{other.url}</a>; start{" "}
          {title} again from there.
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button color="red" onClick={onConfirm}>
          {verb} {title}
        </Button>
      </Group>
    </Modal>
  );
}
