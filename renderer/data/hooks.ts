import { useEffect, useState } from "react";
import {
  type PlatformState,
  type Role,
  roles,
  type SubsystemId,
  type Thread,
} from "../../workers/service/contract.ts";
import { type Live, liveStore } from "./live.ts";
import { sessionStore, type Session } from "./session.ts";
import { useStore } from "./store.ts";

export function useLive(): Live {
  return useStore(liveStore);
}

export function usePlatform(): PlatformState | null {
  return useLive().state;
}

export function useThread(id: SubsystemId): Thread | null {
  return usePlatform()?.threads.find((thread) => thread.id === id) ?? null;
}

export function useSession(): Session {
  return useStore(sessionStore);
}

/** Whether the present role reaches the one that is needed. */
export function useMay(role: Role): boolean {
  const session = useSession();
  return session.phase === "signed-in" && roles.indexOf(session.role) >= roles.indexOf(role);
}

/** The time, renewed every `intervalMs`: for ages that grow while nothing else changes. */
export function useNow(intervalMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
