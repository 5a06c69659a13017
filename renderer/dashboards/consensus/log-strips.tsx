import type { ConsensusStatus } from "../../../workers/consensus/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import classes from "./consensus.module.css";

/** Series colours that terms take in turn. */
const colours = 5;

/** The end of each node's log, aligned by index, so that a node that lags behind is seen at once. */
export function LogStrips({ status }: { readonly status: ConsensusStatus }) {
  const last = Math.max(...status.nodes.map(({ lastIndex }) => lastIndex));
  const first = Math.max(1, last - 31);
  const indexes = Array.from({ length: last - first + 1 }, (_, place) => first + place);
  return (
    <Panel title="Logs" id="logs">
      <div className={classes.strips}>
        {status.nodes.map((node) => (
          <div key={node.id} className={classes.strip}>
            <span>Node {node.id}</span>
            <ol aria-label={`End of the log of node ${node.id}`}>
              {indexes.map((index) => {
                const entry = node.tail.find((candidate) => candidate.index === index);
                if (entry === undefined) return <li key={index} aria-hidden="true" />;
                const committed = index <= node.commitIndex;
                const words = `${index}: ${entry.kind}, term ${entry.term}, ${committed ? "committed" : "not committed"}`;
                return (
                  <li
                    key={index}
                    title={words}
                    aria-label={words}
                    data-colour={(entry.term % colours) + 1}
                    data-committed={committed || undefined}
                  >
                    {entry.term}
                  </li>
                );
              })}
            </ol>
          </div>
        ))}
      </div>
      <p className={classes.note}>
        Entries {first} to {last}; the number is the term of the entry, a filled entry is committed.
      </p>
    </Panel>
  );
}
