import { useEffect, useRef, useState } from "react";
import type { EngineClient } from "./engine-client.ts";
import type { Playground, Snapshot } from "./playground.ts";

/** While the run plays, a panel is renewed no more often than this. */
const everyMs = 200;

/**
 * What the engine answers about the present moment; asked again when that changes. `key` is whatever
 * else the question depends on.
 */
export function useAnswer<T>(
  playground: Playground,
  { frame, playing, course }: Snapshot,
  ask: (engine: EngineClient) => Promise<T>,
  key = "",
): T | null {
  const [answer, setAnswer] = useState<T | null>(null);
  const latest = useRef(ask);
  const asked = useRef({ at: 0, number: 0, shown: 0, about: "" });
  useEffect(() => {
    latest.current = ask;
  });
  const moment = `${frame?.nowMs ?? 0} ${frame?.event ?? 0} ${key}`;
  useEffect(() => {
    asked.current.about = `${moment} ${course?.document.seed ?? ""}`;
    const waitMs = playing ? Math.max(0, asked.current.at + everyMs - performance.now()) : 0;
    const timer = setTimeout(() => {
      const number = asked.current.number + 1;
      asked.current = { ...asked.current, at: performance.now(), number };
      latest.current(playground.engine).then(
        (found) => {
          // Answers may overtake each other when the thread was replaced.
          if (number <= asked.current.shown) return;
          asked.current.shown = number;
          setAnswer(found);
        },
        // The run was ended or replaced; the picture says so.
        () => undefined,
      );
    }, waitMs);
    return () => clearTimeout(timer);
  }, [playground, playing, moment, course]);
  return answer;
}

/** The picture, renewed less often while it moves: tables are to be read. */
export function useCalm<T>(value: T, moving: boolean): T {
  const [calm, setCalm] = useState(value);
  const setAt = useRef(0);
  useEffect(() => {
    const waitMs = moving ? Math.max(0, setAt.current + everyMs - performance.now()) : 0;
    const timer = setTimeout(() => {
      setAt.current = performance.now();
      setCalm(value);
    }, waitMs);
    return () => clearTimeout(timer);
  }, [value, moving]);
  return moving ? calm : value;
}
