import { Button, NativeSelect, TextInput } from "@mantine/core";
import { Suspense, useCallback, useMemo, useState } from "react";
import { lazily } from "../../components/lazily.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import type { Diagnostic } from "./answers.ts";
import { useBench } from "./context.ts";
import type { EditorMarks } from "./editor-marks.ts";
import { heatOf } from "./heat.ts";
import { isStale } from "./workshop.ts";
import classes from "./workshop.module.css";

const SolidityEditor = lazily(() => import("./solidity-editor.tsx"));

/** More files than this are chosen from a list. */
const tabsMax = 8;

/** The sources: those that are written, or those that run while one debugs. */
export function SourcePane({ onKey }: { readonly onKey: (event: KeyboardEvent) => boolean }) {
  const { workshop, debugger: open } = useBench();
  const snapshot = useStore(workshop.store);
  const debugging = useStore(open.store);
  const ran = (debugging?.text?.text ?? null) === null ? null : (debugging?.text ?? null);
  const file = ran?.file ?? snapshot.file;
  const text = ran?.text ?? snapshot.sources[snapshot.file] ?? "";
  const span = debugging?.session?.span ?? null;
  const diagnostics = snapshot.compiled?.compilation.diagnostics;
  const marks = useMemo(
    (): EditorMarks => ({
      diagnostics:
        ran !== null ? [] : (diagnostics ?? []).filter((each) => each.span?.file === file),
      breakpoints: snapshot.breakpoints
        .filter((each) => each.file === file)
        .map(({ line }) => line),
      currentLine: ran !== null && span?.file === file ? span.line : null,
      heat: snapshot.profile === null ? null : heatOf(snapshot.profile.profile, file),
    }),
    [ran, diagnostics, snapshot.breakpoints, snapshot.profile, file, span],
  );
  const onBreakpoint = useCallback(
    (line: number) => workshop.toggleBreakpoint(file, line),
    [workshop, file],
  );
  const onCursor = useCallback(
    (line: number) => workshop.keepCursor({ file, line }),
    [workshop, file],
  );
  return (
    <section className={classes.sources} aria-label="Sources">
      {ran === null ? (
        <Files />
      ) : (
        <p className={classes.banner}>
          Debugging <span className="mono">{file}</span> as it was compiled; it cannot be edited.
        </p>
      )}
      <Suspense fallback={<LoadingSkeleton rows={8} />}>
        <SolidityEditor
          key={snapshot.opened}
          label={ran === null ? `Source of ${file}` : `Source of ${file}, as it runs`}
          file={file}
          value={text}
          {...(ran === null ? { onChange: (written: string) => workshop.write(written) } : {})}
          marks={marks}
          place={ran === null ? snapshot.place : null}
          onBreakpoint={onBreakpoint}
          onCursor={onCursor}
          onKey={onKey}
        />
      </Suspense>
      <p className={classes.hint}>
        Ctrl or ⌘ and Enter compiles. Escape, then Tab leaves the editor.
      </p>
      {snapshot.problem && (
        <OfflineOr thread="blockchain">
          <ProblemView error={snapshot.problem} onRetry={() => void workshop.compile()} />
        </OfflineOr>
      )}
      {diagnostics !== undefined && <Diagnostics list={diagnostics} isStale={isStale(snapshot)} />}
    </section>
  );
}

function Files() {
  const { workshop } = useBench();
  const { sources, file } = useStore(workshop.store);
  const [asked, setAsked] = useState<"add" | "rename" | "remove" | null>(null);
  const [name, setName] = useState("");
  const [mistake, setMistake] = useState<string | null>(null);
  const names = Object.keys(sources);
  const ask = (what: typeof asked) => {
    setMistake(null);
    setName(what === "rename" ? file : "");
    setAsked(what);
  };
  const take = () => {
    const found = asked === "add" ? workshop.addFile(name) : workshop.renameFile(name);
    setMistake(found);
    if (found === null) setAsked(null);
  };
  return (
    <div className={classes.files}>
      {names.length > tabsMax ? (
        <NativeSelect
          aria-label="File"
          value={file}
          data={names}
          onChange={(event) => workshop.show(event.currentTarget.value)}
        />
      ) : (
        <div className={classes.tabs} role="group" aria-label="Files">
          {names.map((each) => (
            <button
              key={each}
              type="button"
              className={classes.tab}
              aria-pressed={each === file}
              onClick={() => workshop.show(each)}
            >
              {each}
            </button>
          ))}
        </div>
      )}
      {asked === null && (
        <div className={classes.actions}>
          <Button size="compact-xs" variant="subtle" onClick={() => ask("add")}>
            Add file
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => ask("rename")}>
            Rename file
          </Button>
          <Button
            size="compact-xs"
            variant="subtle"
            disabled={names.length < 2}
            onClick={() => ask("remove")}
          >
            Remove file
          </Button>
        </div>
      )}
      {(asked === "add" || asked === "rename") && (
        <form
          className={classes.actions}
          onSubmit={(event) => {
            event.preventDefault();
            take();
          }}
        >
          <TextInput
            aria-label="Name of the file"
            placeholder="src/Token.sol"
            value={name}
            error={mistake}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" size="compact-sm">
            {asked === "add" ? "Add" : "Rename"}
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsked(null)}>
            Cancel
          </Button>
        </form>
      )}
      {asked === "remove" && (
        <div className={classes.actions}>
          <span>Remove {file}? Saved versions keep it.</span>
          <Button
            size="compact-sm"
            color="red"
            onClick={() => {
              workshop.removeFile();
              setAsked(null);
            }}
          >
            Remove
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => setAsked(null)}>
            Keep
          </Button>
        </div>
      )}
    </div>
  );
}

function Diagnostics(props: { readonly list: readonly Diagnostic[]; readonly isStale: boolean }) {
  const { workshop } = useBench();
  if (props.list.length === 0) {
    return (
      <p className={classes.hint}>
        {props.isStale ? "Changed since the compile." : "No errors and no warnings."}
      </p>
    );
  }
  return (
    <ul
      className={classes.diagnostics}
      aria-label="Errors and warnings"
      data-stale={props.isStale || undefined}
    >
      {props.list.map(({ severity, code, message, span }, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <li key={index} data-severity={severity}>
          <strong>{severity}</strong>{" "}
          {span !== null && (
            <button
              type="button"
              className="link"
              onClick={() => workshop.show(span.file, span.line, span.column)}
            >
              {span.file}:{span.line}:{span.column}
            </button>
          )}{" "}
          {message} {code !== null && <span className="mono soft">{code}</span>}
        </li>
      ))}
    </ul>
  );
}
