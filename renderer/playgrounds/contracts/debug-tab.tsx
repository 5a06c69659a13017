import { Button } from "@mantine/core";
import { number } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import type { Memory, Session } from "./answers.ts";
import { useBench } from "./context.ts";
import { changedRows, type DebugCommand, debugCommands, type DebugState } from "./debugger.ts";
import { Rows } from "./explanation-view.tsx";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./workshop.module.css";

const buttons: readonly (readonly [DebugCommand, string])[] = [
  ["continue back", "◀◀ Continue back"],
  ["over back", "◀ Over back"],
  ["into back", "Into back"],
  ["out back", "Out back"],
  ["into", "Into"],
  ["over", "Over ▶"],
  ["out", "Out"],
  ["continue", "Continue ▶▶"],
];

export function DebugTab() {
  const { debugger: session, showTab } = useBench();
  const state = useStore(session.store);
  if (state === null) {
    return (
      <EmptyView>
        <p>Each transaction and call can be debugged; choose Debug beside what it did.</p>
        <Button onClick={() => showTab("activity")}>Show the activity</Button>
      </EmptyView>
    );
  }
  return <OpenSession state={state} />;
}

function OpenSession({ state }: { readonly state: DebugState }) {
  const { debugger: session, endDebug, workshop } = useBench();
  const { session: at, problem } = state;
  const isBeside = at?.span?.file === state.text?.file && (state.text?.text ?? null) !== null;
  return (
    <div className={classes.content}>
      <div className={classes.deedHead}>
        <span className="mono">{state.title}</span>
        <Button size="compact-xs" variant="default" onClick={endDebug}>
          End debugging
        </Button>
      </div>
      {problem && (
        <OfflineOr thread="blockchain">
          {problem.data.code === "DEBUG_SESSION_UNKNOWN" ? (
            <EmptyView>
              <p>The debug session has ended: others were opened, or nobody used it for long.</p>
              <Button onClick={() => session.reopen()}>Open it again</Button>
            </EmptyView>
          ) : (
            <ProblemView error={problem} onRetry={() => session.reopen()} />
          )}
        </OfflineOr>
      )}
      {at === null ? (
        !problem && <LoadingSkeleton rows={6} />
      ) : (
        <>
          <div className={classes.steps} role="group" aria-label="Steps">
            {buttons.map(([command, label]) => (
              <Button
                key={command}
                size="compact-sm"
                variant="default"
                title={titleOf(command)}
                onClick={() => session.move({ command })}
              >
                {label}
              </Button>
            ))}
          </div>
          <StepSlider key={at.step} session={at} />
          <p className={classes.note} role="status">
            {at.contract ?? "Unknown code"}
            {at.span !== null && `, ${at.span.file}:${at.span.line}`}; next {at.opcode} (
            {number(at.gasCost)} gas), {number(at.gasLeft)} gas left
          </p>
          {at.code !== null && (
            <div data-shown-beside={isBeside || undefined} className={classes.frame}>
              <Scroller className={undefined} label="The line that runs next">
                {at.code}
              </Scroller>
            </div>
          )}
          {at.truncated !== null && <p className="soft">{at.truncated}</p>}
          <CallStack session={at} onShow={(step) => session.move({ step })} />
          <Variables state={state} />
          <Breakpoints />
          <Machine session={at} memory={state.memory} />
          <p className="soft">
            Breakpoints are set by a click beside the line numbers, or F9 at the cursor; there are{" "}
            {workshop.snapshot.breakpoints.length}.
          </p>
        </>
      )}
    </div>
  );
}

function titleOf(command: DebugCommand): string {
  const found = debugCommands.find((each) => each.command === command);
  return `${found?.title ?? command} (${found?.keys.join(" or ") ?? ""})`;
}

function StepSlider({ session }: { readonly session: Session }) {
  const { debugger: open } = useBench();
  const last = session.steps - 1;
  const go = (input: HTMLInputElement) => {
    const step = Number(input.value);
    if (step !== session.step) open.move({ step });
  };
  return (
    <label className={classes.slider}>
      <span>
        Step {number(session.step)} of {number(last)}
      </span>
      <input
        type="range"
        min={0}
        max={last}
        defaultValue={session.step}
        aria-label="Step"
        onPointerUp={(event) => go(event.currentTarget)}
        onKeyUp={(event) => go(event.currentTarget)}
      />
    </label>
  );
}

function CallStack(props: { readonly session: Session; readonly onShow: (step: number) => void }) {
  return (
    <section aria-label="Call stack">
      <h3 className={classes.small}>Call stack</h3>
      <ol className={classes.lines}>
        {props.session.callStack.map((entry, index) => (
          // The place on the stack is what an entry is.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className="mono">
            <button
              type="button"
              className="link"
              title="Go to the step where it begins"
              onClick={() => props.onShow(entry.step)}
            >
              {entry.title}
            </button>
            ({entry.parameters.map(({ name, text }) => `${name}: ${text}`).join(", ")})
            {entry.span !== null && (
              <span className="soft">
                {" "}
                {entry.span.file}:{entry.span.line}
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Variables({ state: { variables, before } }: { readonly state: DebugState }) {
  if (variables === null) return null;
  return (
    <>
      <section aria-label="Locals">
        <h3 className={classes.small}>Local variables</h3>
        <Rows
          label="Local variables"
          rows={variables.locals}
          changed={changedRows(variables.locals, before?.locals ?? [])}
          empty={variables.missing ?? "None here."}
        />
      </section>
      <section aria-label="State">
        <h3 className={classes.small}>State variables</h3>
        <Rows
          label="State variables before the step"
          rows={variables.state}
          changed={changedRows(variables.state, before?.state ?? [])}
          empty="None."
        />
      </section>
    </>
  );
}

function Breakpoints() {
  const { workshop } = useBench();
  const { breakpoints } = useStore(workshop.store);
  if (breakpoints.length === 0) return null;
  return (
    <section aria-label="Breakpoints">
      <h3 className={classes.small}>Breakpoints</h3>
      <ul className={classes.lines}>
        {breakpoints.map(({ file, line }) => (
          <li key={`${file} ${line}`} className="mono">
            {file}:{line}{" "}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`Remove the breakpoint at ${file}:${line}`}
              onClick={() => workshop.toggleBreakpoint(file, line)}
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the machine itself has: instructions, stack, memory, storage. */
function Machine({
  session,
  memory,
}: {
  readonly session: Session;
  readonly memory: Memory | null;
}) {
  const words = memory === null ? [] : (memory.memory.slice(2).match(/.{1,64}/g) ?? []);
  const first = session.around[0]?.depth ?? 0;
  return (
    <>
      <details className={classes.function} open>
        <summary>Instructions</summary>
        <Scroller className={classes.scroll} label="Instructions">
          <table className={classes.rows} aria-label="Instructions around the step">
            <tbody>
              {session.around.map((one) => (
                <tr key={one.step} aria-current={one.step === session.step ? "step" : undefined}>
                  <th scope="row">{number(one.step)}</th>
                  <td className="soft">{one.pc}</td>
                  <td className="mono" style={{ paddingLeft: Math.max(0, one.depth - first) * 12 }}>
                    {one.step === session.step ? "▶ " : ""}
                    {one.opcode}
                  </td>
                  <td className={classes.number}>{number(one.gasCost)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      </details>
      <details className={classes.function} open>
        <summary>Stack, {session.stack.length} words</summary>
        <Words label="Stack, the top first" words={session.stack.toReversed().map(shortWord)} />
      </details>
      <details className={classes.function}>
        <summary>Memory, {number(memory?.memoryBytes ?? 0)} bytes</summary>
        <Words
          label="Memory"
          words={words.map(
            (word, index) => `${(index * 32).toString(16).padStart(4, "0")}: ${word}`,
          )}
        />
      </details>
      <details className={classes.function}>
        <summary>Storage, {memory?.storage.length ?? 0} words used so far</summary>
        <Words
          label="Storage"
          words={(memory?.storage ?? []).map(
            ({ slot, value }) => `${shortWord(slot)} = ${shortWord(value)}`,
          )}
        />
      </details>
    </>
  );
}

const shortWord = (word: string) => `0x${word.slice(2).replace(/^0+(?=.)/, "")}`;

function Words({ label, words }: { readonly label: string; readonly words: readonly string[] }) {
  return words.length === 0 ? (
    <p className="soft">Empty.</p>
  ) : (
    <Scroller className={classes.code} label={label}>
      {words.join("\n")}
    </Scroller>
  );
}
