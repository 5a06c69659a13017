import { Button, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { GatewayTrialAnswer, RouteConfig } from "../../../workers/microservices/contract.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { duration, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { hasToken } from "../../data/session.ts";
import { ScrolledText } from "../microservices/scrolled-text.tsx";
import { curlOf, type Trial } from "./gateway-rows.ts";
import classes from "./gateway.module.css";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof methods)[number];

interface Fields extends Trial {
  readonly method: Method;
  /** "name: value", one a line. */
  readonly headerText: string;
}

/** A request that the route takes, as far as its conditions say one; null: of no route. */
function fieldsFor(route: RouteConfig | null): Fields {
  const headers = (route?.headers ?? [])
    .filter(({ kind }) => kind !== "absent")
    .map(({ name, kind, value }) => `${name}: ${kind === "present" ? "1" : value}`);
  return {
    method: route?.methods[0] ?? "GET",
    host: (route?.hosts[0] ?? "*").replace(/^\*$/, "localhost").replace(/^\*/, "any"),
    path: route === null || route.path.kind === "regex" ? "/" : route.path.value,
    headers: {},
    headerText: headers.join("\n"),
    body: "",
  };
}

interface TrialPanelProps {
  /** The route that is looked at. */
  readonly route: RouteConfig | null;
  /** Of the gateway's own listener; null: it does not listen. */
  readonly port: number | null;
}

export function TrialPanel({ route, port }: TrialPanelProps) {
  // Another route begins another trial.
  return <TrialForm key={route?.name ?? ""} route={route} port={port} />;
}

function TrialForm({ route, port }: TrialPanelProps) {
  const mayAct = useMay("operator");
  const [fields, setFields] = useState(() => fieldsFor(route));
  const set = (changed: Partial<Fields>) => setFields((before) => ({ ...before, ...changed }));
  const headers = readHeaders(fields.headerText);
  const trial = { ...fields, headers: headers ?? {} };
  const send = useMutation({
    mutationFn: ({ method, host, path, body }: Fields) =>
      client.microservices.gateway.try({
        method,
        host,
        path,
        headers: headers ?? {},
        ...(body !== "" && { body }),
      }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.microservices.gateway.key() }),
  });
  const takesBody = !["GET", "HEAD"].includes(fields.method);
  return (
    <Panel title="Try a request" id="try">
      <form
        className={classes.padded}
        aria-label="Try a request"
        onSubmit={(event) => {
          event.preventDefault();
          if (headers !== null) send.mutate({ ...fields, body: takesBody ? fields.body : "" });
        }}
      >
        <div className={classes.fields}>
          <Select
            label="Method"
            data={[...methods]}
            value={fields.method}
            allowDeselect={false}
            onChange={(value) => {
              const method = methods.find((each) => each === value);
              if (method !== undefined) set({ method });
            }}
          />
          <TextInput
            label="Host"
            value={fields.host}
            onChange={(event) => set({ host: event.currentTarget.value })}
          />
          <TextInput
            label="Path"
            value={fields.path}
            onChange={(event) => set({ path: event.currentTarget.value })}
          />
          <Textarea
            size="xs"
            label="Headers"
            placeholder="x-user: 7"
            autosize
            minRows={1}
            maxRows={6}
            value={fields.headerText}
            error={headers === null ? "Write name: value, one a line" : undefined}
            onChange={(event) => set({ headerText: event.currentTarget.value })}
          />
          {takesBody && (
            <Textarea
              size="xs"
              label="Body, JSON"
              autosize
              minRows={1}
              maxRows={8}
              value={fields.body}
              onChange={(event) => set({ body: event.currentTarget.value })}
            />
          )}
        </div>
        {port !== null && (
          <div className={classes.row}>
            <code className={classes.line} aria-label="The same with curl">
              {curlOf({ ...trial, body: takesBody ? fields.body : "" }, port, hasToken())}
            </code>
            <CopyButton
              name="Copy curl line"
              text={curlOf({ ...trial, body: takesBody ? fields.body : "" }, port, hasToken())}
            />
          </div>
        )}
        <div>
          <Button
            type="submit"
            loading={send.isPending}
            disabled={!mayAct || headers === null || port === null}
          >
            Send {fields.method}
          </Button>
        </div>
        {send.error && <ProblemView error={send.error} />}
        {send.data && <Answer {...send.data} />}
      </form>
    </Panel>
  );
}

function Answer(answer: GatewayTrialAnswer) {
  const { status, route, instance, attempts, durationMs, headers, body, truncated } = answer;
  const health = status >= 500 ? "failed" : status >= 400 ? "degraded" : "healthy";
  return (
    <output className={classes.padded} aria-label="Answer of the gateway">
      <p>
        <StatusMark health={health} word={`Status ${status}`} /> in {text(duration(durationMs))}:{" "}
        {route === null ? (
          "no route takes it"
        ) : (
          <>
            route <span className="mono">{route}</span>
          </>
        )}
        {instance === null ? (
          ", answered by the gateway itself"
        ) : (
          <>
            , backend <span className="mono">{instance}</span>,{" "}
            {attempts === 1 ? "1 attempt" : `${attempts ?? 0} attempts`}
          </>
        )}
      </p>
      <ScrolledText label="Headers of the answer">
        {headers.map(({ name, value }) => `${name}: ${value}`).join("\n")}
      </ScrolledText>
      <ScrolledText label="Body of the answer">
        {body === "" ? "(no body)" : body}
        {truncated && "\n(the rest is not shown)"}
      </ScrolledText>
    </output>
  );
}

/** null where a line is no header. */
function readHeaders(lines: string): Record<string, string> | null {
  const headers: Record<string, string> = {};
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    const at = line.indexOf(":");
    if (at < 1) return null;
    headers[line.slice(0, at).trim().toLowerCase()] = line.slice(at + 1).trim();
  }
  return headers;
}
