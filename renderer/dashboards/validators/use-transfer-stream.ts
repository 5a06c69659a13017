import { useCallback, useEffect, useRef, useState } from "react";
import { client } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { type SendResult, type StreamProgress, streamTransfers } from "./transfer-stream.ts";

/**
 * A browser allows six connections to one origin. Two are streams, and a crash or a heal has to get
 * through while transfers wait for a quorum.
 */
const inFlightMax = 2;
const pauseMs = 60;
const amount = "0.001";
const developersMax = 20;

/** One run of the experiment at a time; it ends with the page. */
export function useTransferStream(leader: number | null) {
  const [progress, setProgress] = useState<StreamProgress | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [running, setRunning] = useState(false);
  const ending = useRef<AbortController | null>(null);
  const leaderNow = useRef(leader);
  useEffect(() => {
    leaderNow.current = leader;
  }, [leader]);
  useEffect(() => () => ending.current?.abort(), []);

  const start = useCallback((count: number, crashing: boolean) => {
    const controller = new AbortController();
    ending.current = controller;
    setRunning(true);
    setError(null);
    const run = async () => {
      const accounts = await developerAddresses();
      let crashed = !crashing;
      const crashHalfWay = (sent: number) => {
        const id = leaderNow.current;
        if (crashed || sent < count / 2 || id === null) return;
        crashed = true;
        void client.blockchain.validators
          .crash({ id })
          .catch((cause: unknown) => setError(toProblemError(cause).message));
      };
      await streamTransfers(
        { count, inFlightMax, pauseMs },
        {
          send: (index, signal) => send(accounts, index, signal),
          find: async (hash) => {
            try {
              return (await client.blockchain.transaction({ hash })).status === "success";
            } catch (cause) {
              if (toProblemError(cause).code === "TRANSACTION_UNKNOWN") return false;
              throw cause;
            }
          },
          nowMs: () => performance.now(),
          wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
          onProgress: (next) => {
            setProgress(next);
            crashHalfWay(next.sent);
          },
        },
        controller.signal,
      );
    };
    run()
      .catch((cause: unknown) => setError(toProblemError(cause).message))
      .finally(() => setRunning(false));
  }, []);
  const stop = useCallback(() => ending.current?.abort(), []);
  return { progress, error, running, start, stop };
}

async function developerAddresses(): Promise<readonly string[]> {
  const { accounts } = await client.blockchain.accounts({ limit: developersMax });
  const developers = accounts.filter(({ kind }) => kind === "developer");
  if (developers.length < 2) throw new Error("This chain has no developer accounts to send from.");
  return developers.map(({ address }) => address);
}

async function send(
  accounts: readonly string[],
  index: number,
  signal: AbortSignal,
): Promise<SendResult> {
  const from = accounts[index % accounts.length] as string;
  const to = accounts[(index + 1) % accounts.length] as string;
  try {
    const { hash } = await client.blockchain.transfer(
      { from, to, amount, type: "transfer" },
      { signal },
    );
    return { kind: "acknowledged", hash };
  } catch (cause) {
    const { code, message } = toProblemError(cause);
    const isSilent = code === "CANCELLED" || code === "UNREACHABLE" || signal.aborted;
    return isSilent ? { kind: "unanswered" } : { kind: "refused", why: message };
  }
}
