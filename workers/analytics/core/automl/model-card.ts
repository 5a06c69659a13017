/**
 * A model card (Mitchell and others 2019) of what a search found: for people who were not there. In
 * Markdown, where what came from the table cannot pass for markup.
 */
import { metrics } from "./metrics.ts";
import type { AutomlReport, Entry } from "./report.ts";

export interface CardFacts {
  readonly dataset: { readonly name: string; readonly source: string | null };
  readonly version: string;
  /** As ISO 8601 has it. */
  readonly made: string;
}

export function modelCard(report: AutomlReport, { dataset, version, made }: CardFacts): string {
  const { task, target, rows, split, leaderboard } = report;
  const best = leaderboard.find(({ id }) => id === report.best)!;
  const metric = metrics[report.metric];
  const source = dataset.source === null ? "" : ` Source: ${plain(dataset.source)}.`;
  return [
    `# Model of ${plain(target)}`,
    "",
    `${best.title}, found by AutoML on ${made} (version ${plain(version)}). It predicts ${code(target)} by ${task}.`,
    "",
    "## Data",
    "",
    `- Table: ${code(dataset.name)}, ${rows.inTable} rows; ${rows.used} were used, ${rows.withoutTarget} have no target.${source}`,
    ...(task === "classification" ? [`- Classes: ${report.classes.map(code).join(", ")}.`] : []),
    `- Learned from: ${report.columns.map(({ name, kind }) => `${code(name)} (${kind})`).join(", ")}.`,
    ...(report.leftOut.length > 0 ? [`- Left out: ${report.leftOut.map(code).join(", ")}.`] : []),
    "",
    "## How it was judged",
    "",
    `- Split: ${split.kind}, ${split.folds} folds${split.by === null ? "" : ` by ${code(split.by)}`}; gaps, words and scales were learned from the training rows of each fold alone.`,
    `- Metric: ${metric.title}, ${metric.greaterIsBetter ? "more" : "less"} is better: **${score(best)}**${interval(best)}.`,
    `- ${report.trials.tried} settings were tried in ${report.elapsedSeconds.toFixed(1)} s, ${report.trials.full} of them on all folds. The best of many is judged a little too well; keep rows aside that the search never saw to be sure.`,
    "",
    "| model | mean | standard error | 95 % interval |",
    "| --- | ---: | ---: | --- |",
    ...leaderboard.slice(0, 10).map(tableRow),
    "",
    "## What it looks at",
    "",
    ...(report.importance.length === 0
      ? ["Not measured: the time was over."]
      : report.importance
          .slice(0, 10)
          .map(
            ({ column, mean, deviation }) =>
              `- ${code(column)}: without it the metric is worse by ${number(mean)} (± ${number(deviation)})`,
          )),
    "",
    "## Limits",
    "",
    ...limitsOf(report),
    "",
    "## To make it again",
    "",
    `- Seed ${report.seed}, budget ${report.budgetSeconds} s, ${split.folds} folds. With the same seed the same settings are tried in the same order; how many depends on the machine.`,
    ...(best.parameters === null
      ? best.members.map(
          ({ entry, weight }) => `- ${describe(leaderboard, entry)}, weight ${number(weight)}`,
        )
      : [`- ${describe(leaderboard, best.id)}`]),
    "",
  ].join("\n");
}

function tableRow(entry: Entry): string {
  const range = entry.low === null ? "" : `${number(entry.low)} to ${number(entry.high!)}`;
  return `| ${entry.title} | ${number(entry.mean)} | ${number(entry.standardError)} | ${range} |`;
}

function describe(entries: readonly Entry[], id: string): string {
  const entry = entries.find((each) => each.id === id);
  if (entry === undefined || entry.parameters === null) return id;
  return `${entry.title}: ${code(JSON.stringify(entry.parameters))}`;
}

function limitsOf({ leaks, warnings, trials, diagnostics }: AutomlReport): string[] {
  const calibration =
    diagnostics.task === "classification"
      ? [
          `- Probabilities are off by ${(100 * diagnostics.calibration.expectedError).toFixed(1)} % on average (expected calibration error).`,
        ]
      : [`- Errors have a deviation of ${number(diagnostics.residuals.deviation)}.`];
  return [
    ...calibration,
    "- It knows nothing of rows unlike those it learned from, and says nothing of causes.",
    ...leaks.map(
      ({ severity, message }) => `- ${severity === "high" ? "**Leak?** " : ""}${plain(message)}`,
    ),
    ...warnings.map((warning) => `- ${plain(warning)}`),
    ...trials.failed.map(({ learner, failure }) => `- ${code(learner)} failed: ${plain(failure)}`),
  ];
}

function score({ mean }: Entry): string {
  return number(mean);
}

function interval({ low, high }: Entry): string {
  return low === null ? "" : ` (95 % interval ${number(low)} to ${number(high!)})`;
}

function number(value: number): string {
  return Number(value.toPrecision(4)).toString();
}

/** A span of code, in which only a backtick would mean anything. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`\p{Cc}|]/gu, "'")}\``;
}

/** Text with everything that Markdown or HTML would take for markup escaped. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, " ").replaceAll(/[\\`*_{}[\]<>#|!]/g, String.raw`\$&`);
}
