/** The settings of a run as text fields hold them, and what is asked of the API. */

export interface RunForm {
  readonly mode: "threads" | "simulation";
  readonly strategy: "tree" | "ring" | "parameter-server" | "asynchronous" | "federated";
  readonly dataSet: "spirals" | "digits";
  readonly samples: string;
  readonly hidden: string;
  readonly workers: string;
  readonly epochs: string;
  readonly batchSize: string;
  readonly learningRate: string;
  readonly latencyMs: string;
  readonly bandwidthMbps: string;
  readonly lossPercent: string;
  readonly stragglerPercent: string;
  readonly crashEverySeconds: string;
  readonly backups: string;
  readonly stalenessMax: string;
  readonly clientPercent: string;
  readonly dirichletAlpha: string;
  readonly stepsPerSecond: string;
}

export const firstForm: RunForm = {
  mode: "threads",
  strategy: "tree",
  dataSet: "spirals",
  samples: "1000",
  hidden: "32, 32",
  workers: "2",
  epochs: "400",
  batchSize: "64",
  learningRate: "0.005",
  latencyMs: "0.2",
  bandwidthMbps: "1000",
  lossPercent: "0",
  stragglerPercent: "0",
  crashEverySeconds: "0",
  backups: "0",
  stalenessMax: "3",
  clientPercent: "50",
  dirichletAlpha: "0.5",
  stepsPerSecond: "20",
};

/** What differs from the form when another kind of run is chosen. */
export function withMode(form: RunForm, mode: RunForm["mode"]): RunForm {
  return mode === "threads"
    ? { ...form, mode, strategy: "tree", workers: "2", epochs: firstForm.epochs }
    : { ...form, mode, workers: "4", epochs: "40" };
}

export const fieldNames = {
  samples: "Samples",
  hidden: "Hidden layers",
  workers: "Workers",
  epochs: "Epochs",
  batchSize: "Global batch",
  learningRate: "Learning rate",
  latencyMs: "Latency, ms",
  bandwidthMbps: "Bandwidth, Mbit/s",
  lossPercent: "Lost messages, %",
  stragglerPercent: "Stragglers, %",
  crashEverySeconds: "Crash every, s",
  backups: "Backup workers",
  stalenessMax: "Staleness bound",
  clientPercent: "Clients a round, %",
  dirichletAlpha: "Dirichlet alpha",
  stepsPerSecond: "Steps a second",
} as const;
export type FieldName = keyof typeof fieldNames;

const common = ["workers", "samples", "hidden", "epochs", "batchSize", "learningRate"] as const;
const cluster = [
  "latencyMs",
  "bandwidthMbps",
  "lossPercent",
  "stragglerPercent",
  "crashEverySeconds",
  "stepsPerSecond",
] as const;

/** The fields that matter for what is chosen. */
export function fieldsOf({ mode, strategy }: RunForm): readonly FieldName[] {
  if (mode === "threads") return common;
  const own: Partial<Record<RunForm["strategy"], readonly FieldName[]>> = {
    "parameter-server": ["backups"],
    asynchronous: ["stalenessMax"],
    federated: ["clientPercent", "dirichletAlpha"],
  };
  return [...common, ...cluster, ...(own[strategy] ?? [])];
}

/** The API's input, or a sentence that names the field which is wrong. */
export function readForm(form: RunForm) {
  const wrong = fieldsOf(form).find((name) => name !== "hidden" && !isNumber(form[name]));
  if (wrong !== undefined) return `${fieldNames[wrong]}: “${form[wrong]}” is not a number.`;
  const hidden = form.hidden
    .split(/[\s,]+/)
    .filter((part) => part !== "")
    .map(Number);
  if (!hidden.every((width) => Number.isInteger(width))) {
    return `Hidden layers: “${form.hidden}” is not a list of widths such as 32, 32.`;
  }
  const of = (name: FieldName): number => Number(form[name]);
  return {
    mode: form.mode,
    strategy: form.strategy,
    dataSet: form.dataSet,
    samples: of("samples"),
    hidden,
    workers: of("workers"),
    epochs: of("epochs"),
    batchSize: of("batchSize"),
    learningRate: of("learningRate"),
    ...(form.strategy === "tree" && of("workers") > 8 ? { shards: 16 } : {}),
    cluster: {
      latencyMs: of("latencyMs"),
      bandwidthMbps: of("bandwidthMbps"),
      lossChance: of("lossPercent") / 100,
      stragglerChance: of("stragglerPercent") / 100,
      crashEverySeconds: of("crashEverySeconds"),
      backups: of("backups"),
      stalenessMax: of("stalenessMax"),
      clientFraction: of("clientPercent") / 100,
      dirichletAlpha: of("dirichletAlpha"),
      stepsPerSecond: of("stepsPerSecond"),
      edgePlaces: form.strategy === "federated",
    },
  };
}

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
