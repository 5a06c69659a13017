import { capitalised } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./details.module.css";
import { LogStrip } from "./log-strip.tsx";
import type { Snapshot } from "./playground.ts";
import { RoleMark } from "./roles.tsx";
import { useCalm } from "./use-answer.ts";

const entriesShown = 14;

/** One of two runs side by side: its verdict, and a row for each node. */
export function CompareView({ snapshot }: { readonly snapshot: Snapshot }) {
  const calm = useCalm(snapshot, snapshot.playing);
  const { frame, course } = calm;
  if (frame === null || course === null) return <div />;
  const { title } = course.algorithm;
  return (
    <section className={classes.compared} aria-label={title}>
      <h3>{title}</h3>
      <p>
        <StatusMark health={frame.health} word={frame.health} hideWord /> {frame.sentence}
      </p>
      <p className="soft">
        {frame.messagesSent} messages sent, {frame.messagesLost} lost, {frame.answered} operations
        answered, event {frame.event}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            <th scope="col">Role</th>
            <th scope="col">{capitalised(frame.nodes[0]?.termName ?? "term")}</th>
            <th scope="col">Commit</th>
            <th scope="col">Log</th>
          </tr>
        </thead>
        <tbody>
          {frame.nodes.map((node) => (
            <tr key={node.id}>
              <td>{node.id}</td>
              <td>
                <RoleMark node={node} />
              </td>
              <td>{node.term}</td>
              <td>{node.commitIndex}</td>
              <td>
                <LogStrip node={node} shown={entriesShown} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
