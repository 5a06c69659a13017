import { Link as RouteLink } from "@tanstack/react-router";
import type { PlatformState } from "../../../workers/service/contract.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { threadHealth } from "../../data/health.ts";
import classes from "./overview.module.css";
import type { Link } from "./topology-model.ts";

interface TopologyListProps {
  readonly state: PlatformState;
  readonly links: readonly Link[];
}

/** The graph in words. */
export function TopologyList({ state, links }: TopologyListProps) {
  return (
    <>
      <ul className={classes.edges} aria-label="Threads of the topology">
        {state.threads.map(({ id, title, state: now, port }) => (
          <li key={id}>
            <RouteLink to="/components" search={{ thread: id }}>
              {title}
            </RouteLink>{" "}
            <StatusMark health={threadHealth(now)} word={now} />{" "}
            <span className="soft">{port === null ? "no port of its own" : `port ${port}`}</span>
          </li>
        ))}
      </ul>
      <ul className={classes.edges} aria-label="Connections of the topology">
        {links.map(({ id, words }) => (
          <li key={id}>{words}</li>
        ))}
      </ul>
    </>
  );
}
