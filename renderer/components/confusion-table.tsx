import classes from "./confusion-table.module.css";

interface ConfusionTableProps {
  /** counts[truth][answer] */
  readonly counts: readonly (readonly number[])[];
  readonly labels: readonly string[];
  readonly caption: string;
}

/** What was taken for what: a row for each truth, a column for each answer. */
export function ConfusionTable({ counts, labels, caption }: ConfusionTableProps) {
  return (
    <table className={classes.confusion}>
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Truth</span>
          </th>
          {labels.map((label) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map((row, truth) => (
          <tr key={labels[truth]}>
            <th scope="row">{labels[truth]}</th>
            {row.map((count, answer) => (
              <td
                key={labels[answer]}
                data-kind={truth === answer ? "right" : count > 0 ? "wrong" : undefined}
              >
                {count === 0 ? "" : count}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
