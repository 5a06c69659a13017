import { Button } from "@mantine/core";
import { number } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import type { Failure, Row } from "./answers.ts";
import { useBench } from "./context.ts";
import type { Deed } from "./deeds.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./workshop.module.css";

const kinds: Readonly<Record<Deed["kind"], string>> = {
  deployment: "deployed",
  transaction: "sent",
  call: "called",
  "not sent": "would fail, not sent",
};

/** What a transaction or call did: result, events, console, failure, gas. */
export function DeedView({ deed }: { readonly deed: Deed }) {
  const bench = useBench();
  const { explanation, receipt, problem } = deed;
  const { result = null, failure = null, truncated = null } = explanation ?? {};
  const failed = failure !== null;
  return (
    <section className={classes.deed} aria-label={`Result of ${deed.title}`}>
      <header className={classes.deedHead}>
        <StatusMark
          health={failed ? "failed" : "healthy"}
          word={
            failed && deed.kind !== "not sent" ? `${kinds[deed.kind]}, failed` : kinds[deed.kind]
          }
        />
        <span className="mono">{deed.title}</span>
        {explanation && (
          <span className="soft">
            {number(receipt === null ? explanation.gasUsed : Number(receipt.gasUsed))} gas
            {receipt !== null && `, block ${receipt.blockNumber}`}
          </span>
        )}
      </header>
      {result !== null && <Rows label="Result" rows={result} />}
      {failure !== null && <FailureView failure={failure} />}
      {explanation !== null && explanation.events.length > 0 && (
        <List title="Events" lines={explanation.events.map(({ text }) => text)} />
      )}
      {explanation !== null && explanation.console.length > 0 && (
        <List title="Console" lines={explanation.console} />
      )}
      {problem && <ProblemView error={problem} />}
      {truncated !== null && <p className="soft">{truncated}</p>}
      <div className={classes.actions}>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => bench.debug(deed.title, deed.source, deed.compilations)}
        >
          Debug
        </Button>
        {explanation !== null && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              bench.workshop.showProfile({ title: deed.title, profile: explanation.profile });
              bench.showTab("gas");
            }}
          >
            Show gas by line
          </Button>
        )}
      </div>
    </section>
  );
}

function List({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  return (
    <div>
      <h4 className={classes.small}>{title}</h4>
      <ul className={classes.lines} aria-label={title}>
        {lines.map((line, index) => (
          // Lines may be the same; their order is what they are.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className="mono">
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Why it failed, with the lines of the sources that led there. */
export function FailureView({ failure }: { readonly failure: Failure }) {
  const { workshop } = useBench();
  return (
    <div className={classes.failure} role="group" aria-label="Stack trace">
      <strong>{failure.message}</strong>
      <ol className={classes.lines}>
        {failure.lines.map(({ text, span }, index) => (
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className="mono">
            {span !== null && span.file in workshop.snapshot.sources ? (
              <button
                type="button"
                className="link"
                onClick={() => workshop.show(span.file, span.line, span.column)}
              >
                {text}
              </button>
            ) : (
              text
            )}
          </li>
        ))}
      </ol>
      {failure.code !== null && (
        <Scroller className={classes.code} label="The failing line">
          {failure.code}
        </Scroller>
      )}
    </div>
  );
}

/** Variables or results; structs and lists have their parts under them. */
export function Rows(props: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly changed?: ReadonlySet<number>;
  readonly empty?: string;
}) {
  if (props.rows.length === 0) return <p className="soft">{props.empty ?? "Nothing."}</p>;
  return (
    <Scroller className={classes.scroll} label={props.label}>
      <table className={classes.rows} aria-label={props.label}>
        <tbody>
          {props.rows.map((row, index) => (
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={index} data-changed={props.changed?.has(index) === true || undefined}>
              <th scope="row" style={{ paddingLeft: 4 + row.depth * 12 }}>
                {row.name === "" ? "value" : row.name}
              </th>
              <td className="mono">
                {row.text}
                {props.changed?.has(index) === true && (
                  <span className={classes.changed}> changed</span>
                )}
              </td>
              <td className="soft">{row.type}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
