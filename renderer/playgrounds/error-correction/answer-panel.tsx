import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./error-correction.module.css";
import { type PlacedError, textOfErrors } from "./errors-text.ts";

interface Answer {
  readonly fired: readonly number[];
  readonly pairs: readonly (readonly [number, number | null])[];
  readonly correction: readonly PlacedError[];
  readonly rest: readonly PlacedError[];
  readonly logicalErrors: readonly { readonly x: boolean; readonly z: boolean }[];
  readonly isCorrected: boolean;
  readonly decoder: string;
  readonly computeMs: number;
}

interface AnswerPanelProps {
  readonly answer: Answer;
  readonly errors: readonly PlacedError[];
}

/** The decoding in words: the picture's twin. */
export function AnswerPanel({ answer, errors }: AnswerPanelProps) {
  const { fired, pairs, correction, rest, isCorrected, decoder, computeMs } = answer;
  const matched = pairs.map(([from, to]) => `${from} with ${to ?? "the boundary"}`).join(", ");
  return (
    <dl className={classes.answer} aria-live="polite">
      <dt>Errors</dt>
      <dd className="mono">{textOfErrors(errors) || "none"}</dd>
      <dt>Checks that fire</dt>
      <dd className="mono">{fired.join(" ") || "none"}</dd>
      {pairs.length > 0 && (
        <>
          <dt>Matched</dt>
          <dd>{matched}</dd>
        </>
      )}
      <dt>Correction</dt>
      <dd className="mono">{textOfErrors(correction) || "none"}</dd>
      <dt>What is left</dt>
      <dd className="mono">{textOfErrors(rest) || "nothing"}</dd>
      <dt>Encoded qubit</dt>
      <dd>
        <StatusMark
          health={isCorrected ? "healthy" : "failed"}
          word={isCorrected ? "as it was" : `logical error ${namesOf(answer)}`}
        />
      </dd>
      <dt>Decoder</dt>
      <dd>
        {decoder}, {computeMs.toFixed(1)} ms
      </dd>
    </dl>
  );
}

function namesOf({ logicalErrors }: Answer): string {
  return logicalErrors
    .map(({ x, z }, at) => {
      if (!x && !z) return "";
      const pauli = x && z ? "Y" : x ? "X" : "Z";
      return logicalErrors.length === 1 ? pauli : `${pauli} on ${at}`;
    })
    .filter((name) => name !== "")
    .join(", ");
}
