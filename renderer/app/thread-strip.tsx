import { Menu, UnstyledButton } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { Thread } from "../../workers/service/contract.ts";
import { bytes, duration, text } from "../components/format.ts";
import { StatusMark } from "../components/status-mark.tsx";
import { threadActions, useThreadActions } from "../components/thread-actions.tsx";
import { threadHealth } from "../data/health.ts";
import { useLive, useMay, useNow } from "../data/hooks.ts";
import classes from "./shell.module.css";

export function ThreadStrip() {
  const { state, freshness } = useLive();
  return (
    <footer className={classes.strip} aria-label="Threads">
      {state === null ? (
        <span className={`${classes.stripEmpty} soft`}>
          {freshness === "offline" ? "No thread answers" : "Waiting for the state of the threads"}
        </span>
      ) : (
        <ul aria-label="Threads">
          {state.threads.map((thread) => (
            <li key={thread.id}>
              <StripThread thread={thread} known={freshness !== "offline"} />
            </li>
          ))}
        </ul>
      )}
    </footer>
  );
}

function StripThread({ thread, known }: { readonly thread: Thread; readonly known: boolean }) {
  const navigate = useNavigate();
  const mayOperate = useMay("operator");
  const { act, busy } = useThreadActions();
  const { id, title, state, vitals, restarts } = thread;
  return (
    <Menu position="top-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.stripThread}>
          <span className={classes.stripName}>{title}</span>
          {known ? (
            <StatusMark health={threadHealth(state)} word={state} />
          ) : (
            <StatusMark health="unknown" word="unknown" />
          )}
          <span className={`${classes.stripDetail} soft`}>
            {vitals
              ? text(bytes(vitals.heapUsedBytes + vitals.externalBytes))
              : "no memory reading"}
          </span>
          {restarts > 0 && (
            <span className="soft">
              {restarts} {restarts === 1 ? "restart" : "restarts"}
            </span>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown aria-label={`${title} thread`}>
        <Menu.Label>
          <Since thread={thread} />
        </Menu.Label>
        {threadActions.map(({ action, verb, from }) => (
          <Menu.Item
            key={action}
            disabled={!mayOperate || !from.includes(state) || busy === id}
            onClick={() => act(id, action)}
          >
            {verb}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void navigate({ to: "/components", search: { thread: id } })}>
          Health, events and experiments
        </Menu.Item>
        {thread.url !== null && (
          <Menu.Item component="a" href={thread.url} target="_blank" rel="noreferrer">
            Open port {thread.port}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function Since({ thread }: { readonly thread: Thread }) {
  const now = useNow();
  return (
    <>
      {thread.state} for {text(duration(Math.max(0, now - thread.since)))}
    </>
  );
}
