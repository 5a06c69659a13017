import type { NodeFrame } from "./engine.worker.ts";
import classes from "./ring.module.css";

/** Series colours that terms take in turn. */
const colours = 5;

/** The end of a node's log: the term of each entry by colour and number, filled once committed. */
export function LogStrip({ node, shown }: { readonly node: NodeFrame; readonly shown: number }) {
  const entries = node.entries.slice(-shown);
  return (
    <span className={classes.strip} aria-hidden="true">
      {entries.map(({ index, term, state, command }) => (
        <span
          key={index}
          title={`${index}: ${command ?? "an entry of the algorithm's own"}, ${node.termName} ${term}, ${state}`}
          data-colour={(Math.abs(term) % colours) + 1}
          data-state={state}
        >
          {term}
        </span>
      ))}
      {entries.length === 0 && <span data-empty>empty log</span>}
    </span>
  );
}
