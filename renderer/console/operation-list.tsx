import { TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { Icon } from "../components/icon.tsx";
import { catalogue, type Operation } from "./catalogue.ts";
import classes from "./console.module.css";

export function OperationList({ selected }: { readonly selected: string | undefined }) {
  const [query, setQuery] = useState("");
  const words = query.toLowerCase().split(/\s+/);
  const shown = catalogue.filter((operation) => {
    const text = `${operation.method} ${operation.path} ${operation.summary} ${operation.id}`;
    return words.every((word) => text.toLowerCase().includes(word));
  });
  const groups = [...new Set(shown.map(({ group }) => group))];
  return (
    <nav aria-label="Endpoints" className={classes.list}>
      <TextInput
        aria-label="Search endpoints"
        placeholder="Search endpoints"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        leftSection={<Icon name="search" />}
      />
      {shown.length === 0 && <p className="soft">No endpoint matches.</p>}
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h3>{group}</h3>
          <ul>
            {shown
              .filter((operation) => operation.group === group)
              .map((operation) => (
                <li key={operation.id}>
                  <OperationLink operation={operation} selected={operation.id === selected} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

function OperationLink(props: { readonly operation: Operation; readonly selected: boolean }) {
  const { operation, selected } = props;
  return (
    <Link
      to="/console"
      search={{ op: operation.id }}
      className={classes.operation}
      aria-current={selected ? "true" : undefined}
    >
      <span className={classes.method} data-method={operation.method}>
        {operation.method}
      </span>
      <span className={classes.path}>
        <BreakablePath path={operation.path} />
      </span>
      <span className={classes.summary}>{operation.summary}</span>
    </Link>
  );
}

/** A path may be broken before its slashes only. */
export function BreakablePath({ path }: { readonly path: string }) {
  return path
    .slice(1)
    .split("/")
    .map((part, index, parts) => (
      <Fragment key={parts.slice(0, index + 1).join("/")}>
        {index > 0 && <wbr />}/{part}
      </Fragment>
    ));
}
