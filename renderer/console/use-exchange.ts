import { useCallback, useEffect, useRef, useState } from "react";
import type { Operation } from "./catalogue.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { historyStore, remember, setHistory } from "./history.ts";
import type { Draft, RequestParts } from "./request.ts";

/** One request at a time; leaving the operation cancels what is still running. */
export function useExchange(operation: Operation, draft: Draft, request: RequestParts) {
  const [state, setState] = useState<Exchange | null>(null);
  const running = useRef<AbortController>(null);
  const latest = useRef({ operation, draft, request });
  useEffect(() => {
    latest.current = { operation, draft, request };
  });
  const cancel = useCallback(() => running.current?.abort(), []);
  useEffect(() => cancel, [cancel]);

  const send = useCallback(() => {
    const sent = latest.current;
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    const report = (next: Exchange) => {
      if (running.current === controller) setState(next);
    };
    void exchange(sent.request, controller.signal, report).then((final) => {
      setHistory(
        remember(historyStore.get(), {
          id: crypto.randomUUID(),
          at: Date.now(),
          operation: sent.operation.id,
          method: sent.request.method,
          path: sent.request.path,
          status: final.status,
          durationMs: final.totalMs ?? 0,
          draft: sent.operation.secret ? { ...sent.draft, body: "" } : sent.draft,
        }),
      );
    });
  }, []);

  const pending = state?.phase === "sending" || state?.phase === "streaming";
  return { state, pending, send, cancel };
}
