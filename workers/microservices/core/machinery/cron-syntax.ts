/** The syntax of a cron schedule as Kubernetes reads it: github.com/robfig/cron/v3 ParseStandard. */

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const days = "sun mon tue wed thu fri sat".split(" ");
const fields = [
  { first: 0, last: 59, names: [] as string[] },
  { first: 0, last: 23, names: [] as string[] },
  { first: 1, last: 31, names: [] as string[] },
  { first: 1, last: 12, names: months },
  { first: 0, last: 6, names: days },
];
const descriptors =
  /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every \d+(?:\.\d+)?(?:ns|us|ms|s|m|h)(?:\d+(?:ns|us|ms|s|m|h))*)$/;

/** The sentence of what is wrong; null for a schedule. */
export function cronProblem(schedule: string): string | null {
  if (schedule.startsWith("@")) {
    return descriptors.test(schedule) ? null : `unrecognized descriptor: ${schedule}`;
  }
  const parts = schedule
    .replace(/^(?:CRON_)?TZ=\S+\s+/, "")
    .split(/\s+/)
    .filter((part) => part !== "");
  if (parts.length !== fields.length) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(" ")}]`;
  }
  for (const [index, part] of parts.entries()) {
    for (const range of part.split(",")) {
      const problem = rangeProblem(range, fields[index]!);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function rangeProblem(range: string, field: (typeof fields)[number]): string | null {
  const [span, step, ...more] = range.split("/") as [string, string | undefined, ...string[]];
  if (more.length > 0) return `too many slashes: ${range}`;
  const [low, high, ...rest] = span.split("-") as [string, string | undefined, ...string[]];
  if (rest.length > 0) return `too many hyphens: ${range}`;
  let start = field.first;
  let end = field.last;
  if (low !== "*" && low !== "?") {
    const first = numberOf(low, field);
    const last = high === undefined ? first : numberOf(high, field);
    if (first === null) return `failed to parse int from ${low}`;
    if (last === null) return `failed to parse int from ${high}`;
    start = first;
    end = step !== undefined && high === undefined ? field.last : last;
  }
  if (step !== undefined && !/^\d{1,9}$/.test(step)) return `failed to parse int from ${step}`;
  if (step !== undefined && Number(step) === 0) {
    return `step of range should be a positive number: ${range}`;
  }
  if (start < field.first) {
    return `beginning of range (${start}) below minimum (${field.first}): ${range}`;
  }
  if (end > field.last) return `end of range (${end}) above maximum (${field.last}): ${range}`;
  return start > end
    ? `beginning of range (${start}) beyond end of range (${end}): ${range}`
    : null;
}

function numberOf(text: string, field: (typeof fields)[number]): number | null {
  const named = field.names.indexOf(text.toLowerCase());
  if (named !== -1) return named + field.first;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
