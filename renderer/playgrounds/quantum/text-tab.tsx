import { useEffect, useRef, useState } from "react";
import CodeEditor from "../../components/code-editor.tsx";
import type { QasmResult } from "./kernel.worker.ts";
import type { Playground } from "./playground.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["revision", "textRevision", "settings", "columns"] as const;

/** Typing on puts off reading. */
const readAfterMs = 250;

interface TextTabProps {
  readonly playground: Playground;
}

/** The circuit as OpenQASM 3; what is written here becomes the circuit as soon as it can be read. */
export default function TextTab({ playground }: TextTabProps) {
  const { revision, textRevision, settings, columns } = useSlice(playground, fields);
  const [text, setText] = useState("");
  const [result, setResult] = useState<QasmResult | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const timer = useRef<number | undefined>(undefined);
  const isOwn = revision === textRevision;

  useEffect(() => {
    // What the text has led to must not be written over the text.
    if (isOwn || revision < 0) return undefined;
    let isCurrent = true;
    playground.export("symbolic").then(
      (written) => {
        if (!isCurrent) return;
        setText(written);
        setResult(null);
        setProblem(null);
      },
      (error: unknown) => {
        if (isCurrent) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [playground, revision, isOwn]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const onChange = (written: string) => {
    setText(written);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      void playground.editText(written).then(setResult);
    }, readAfterMs);
  };
  const hasOthers = columns.some(
    (column) =>
      column.breakpoint === true ||
      (column.kind === "items" && column.items.some(({ kind }) => kind === "display")),
  );
  const hasParameters = (settings?.parameters.length ?? 0) > 0;
  return (
    <div className={classes.body}>
      <p className={classes.note}>
        Edit or paste OpenQASM 2 or 3. The circuit follows when the text can be read, and the text
        follows the circuit.
        {hasParameters &&
          " Parameters are its inputs; angles that are sums of multiples of them follow their sliders."}
        {hasOthers &&
          " Displays and breakpoints have no words here: editing the text drops them, Undo brings them back."}
      </p>
      <CodeEditor
        label="OpenQASM"
        language="text"
        value={text}
        onChange={onChange}
        heightMin={260}
        heightMax={420}
      />
      {problem !== null && (
        <p className={classes.problems} role="alert">
          {problem}
        </p>
      )}
      <div role="status" aria-label="Reading of the text">
        {result?.kind === "refused" && (
          <Scroller label="What is wrong with the text" className={classes.problems}>
            <pre>{result.problems.map(({ rendered }) => rendered).join("\n\n")}</pre>
          </Scroller>
        )}
        {result?.kind === "opened" && (
          <p className={classes.note}>
            Read. {result.warnings.length > 0 && `Note: ${result.warnings.slice(0, 3).join("; ")}`}
          </p>
        )}
      </div>
    </div>
  );
}
