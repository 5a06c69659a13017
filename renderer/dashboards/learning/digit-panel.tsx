/** A digit of one's own, recognised as it is drawn, and what is confused with what. */
import { useCallback, useRef, useState } from "react";
import { ConfusionTable } from "../../components/confusion-table.tsx";
import { client } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { DrawPad } from "../edge/draw-pad.tsx";
import classes from "./learning.module.css";
import { Scrolled } from "./scrolled.tsx";

interface DigitPanelProps {
  /** null: nothing has been trained yet. */
  readonly run: string | null;
}

export function DigitPanel({ run }: DigitPanelProps) {
  const [chances, setChances] = useState<readonly number[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  /** One question at a time; the newest drawing is asked next. */
  const waiting = useRef<{ isBusy: boolean; next: number[] | null }>({ isBusy: false, next: null });
  const ask = useCallback(async (id: string) => {
    const queue = waiting.current;
    if (queue.isBusy) return;
    queue.isBusy = true;
    try {
      while (queue.next !== null) {
        const pixels = queue.next;
        queue.next = null;
        const { outputs } = await client.analytics.training.predict({ id, rows: [pixels] });
        setChances(outputs[0] ?? null);
        setFailure(null);
      }
    } catch (error) {
      setFailure(toProblemError(error).data.detail ?? "The network did not answer.");
    } finally {
      queue.isBusy = false;
    }
  }, []);
  const drawn = (pixels: number[] | null) => {
    waiting.current.next = pixels;
    if (pixels === null) setChances(null);
    else if (run !== null) void ask(run);
  };
  const best = chances === null ? null : chances.indexOf(Math.max(...chances));
  return (
    <div className={classes.digit}>
      <DrawPad onDrawn={drawn} isLive />
      <div>
        <p role="status" aria-label="Recognised">
          {run === null
            ? "Train the network first: an untrained one would guess."
            : best === null
              ? "Draw a digit: it is recognised as you draw."
              : `This is a ${best}, with ${(100 * chances![best]!).toFixed(0)} %.`}
        </p>
        {failure !== null && <p role="alert">{failure}</p>}
        <table className={classes.chances}>
          <caption className="visually-hidden">Probability of each digit</caption>
          <tbody>
            {Array.from({ length: 10 }, (_, digit) => (
              <tr key={digit} data-best={digit === best || undefined}>
                <th scope="row">{digit}</th>
                <td>
                  <span style={{ width: `${70 * (chances?.[digit] ?? 0)}%` }} />
                  {chances === null ? "0 %" : `${(100 * chances[digit]!).toFixed(1)} %`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface ConfusionProps {
  readonly confusion: readonly (readonly number[])[];
  readonly labels: readonly string[];
}

export function Confusion({ confusion, labels }: ConfusionProps) {
  return (
    <Scrolled label="Confusion matrix">
      <ConfusionTable
        counts={confusion}
        labels={labels}
        caption="Held-back samples: rows are the truth, columns the answer"
      />
    </Scrolled>
  );
}
