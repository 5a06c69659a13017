/** The wallets as they are now, and requests of which nothing is kept. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { refreshStatus } from "../blockchain/use-chain.ts";

const refreshMs = 2_000;

/** Balances, nonces and the lock; reading them does not put the lock off. */
export function useWallets() {
  const { paused } = useLive();
  return useQuery(
    orpc.blockchain.wallets.list.queryOptions({
      input: {},
      refetchInterval: paused ? false : refreshMs,
    }),
  );
}

function refreshWallets(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: orpc.blockchain.wallets.list.key() }),
    refreshStatus(),
  ]);
}

export interface Request<Input> {
  readonly busy: boolean;
  readonly error: unknown;
  readonly run: (input: Input) => void;
}

/**
 * One request at a time. Unlike a mutation of the query client, neither its input nor its answer
 * outlives the component: both may be secrets.
 */
export function useRequest<Input, Output>(
  call: (input: Input) => Promise<Output>,
  onDone: (output: Output) => void,
): Request<Input> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>(idle);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const send = async (input: Input) => {
    setState({ busy: true, error: null });
    try {
      const output = await call(input);
      if (!mounted.current) return;
      setState(idle);
      onDone(output);
    } catch (error) {
      if (mounted.current) setState({ busy: false, error });
    } finally {
      void refreshWallets();
    }
  };
  return { ...state, run: (input) => void send(input) };
}

const idle = { busy: false, error: null };
