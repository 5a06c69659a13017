/** Probes and checks, with the kubelet's words for what went wrong. */
import { request } from "node:http";
import { connect } from "node:net";
import { lookupLoopback } from "../protocols/gateway/loopback.ts";

export interface ProbeOutcome {
  readonly ok: boolean;
  readonly message: string;
  /** Of an answer over HTTP. */
  readonly status?: number;
}

/** Success is a status from 200 to 399 within the time. */
export function probeHttp(
  host: string,
  port: number,
  path: string,
  timeoutMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<ProbeOutcome> {
  const url = `http://${host}:${port}${path}`;
  return new Promise((resolve) => {
    const probe = request(
      {
        host,
        port,
        path,
        agent: false,
        lookup: lookupLoopback,
        headers: { "user-agent": "kube-probe/1.33", ...headers, connection: "close" },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        answer.resume();
        const ok = status >= 200 && status < 400;
        finish(ok, ok ? `HTTP ${status}` : `HTTP probe failed with statuscode: ${status}`, status);
      },
    );
    const timer = setTimeout(() => {
      finish(false, `Get "${url}": context deadline exceeded`);
      probe.destroy();
    }, timeoutMs);
    const finish = (ok: boolean, message: string, status?: number) => {
      clearTimeout(timer);
      resolve({ ok, message, ...(status !== undefined && { status }) });
    };
    probe.once("error", (error: NodeJS.ErrnoException) =>
      finish(false, `Get "${url}": ${reasonOf(error)}`),
    );
    probe.end();
  });
}

/** Success is a connection within the time. */
export function probeTcp(host: string, port: number, timeoutMs: number): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, lookup: lookupLoopback });
    const finish = (ok: boolean, message: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ok, message });
    };
    const timer = setTimeout(
      () => finish(false, `dial tcp ${host}:${port}: i/o timeout`),
      timeoutMs,
    );
    socket.once("connect", () => finish(true, "Connection accepted"));
    socket.once("error", (error) => finish(false, `dial tcp ${host}:${port}: ${reasonOf(error)}`));
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code === "ECONNREFUSED"
    ? "connect: connection refused"
    : error.code === "ECONNRESET"
      ? "connection reset by peer"
      : (error.code ?? error.message);
}
