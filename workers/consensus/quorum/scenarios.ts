/** The format of etcd-io/raft's scenario files (cockroachdb/datadriven). */

export interface Scenario {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly command: string;
  /** `name=(a,b)` arguments, their values split at commas. */
  readonly arguments: ReadonlyMap<string, readonly string[]>;
  /** Lines between the command and the separator. */
  readonly input: readonly string[];
  readonly expected: string;
}

/** A command, its input, `----`, then its expected output up to an empty line. */
export function parseScenarios(text: string): readonly Scenario[] {
  const lines = text.split("\n");
  const scenarios: Scenario[] = [];
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? "";
    if (first === "" || first.startsWith("#")) continue;
    const line = at + 1;
    const input: string[] = [];
    for (at += 1; at < lines.length && lines[at] !== "----"; at++) input.push(lines[at] ?? "");
    const expected: string[] = [];
    for (at += 1; at < lines.length && lines[at] !== ""; at++) expected.push(lines[at] ?? "");
    const [command = "", ...rest] = first.split(" ");
    scenarios.push({
      line,
      command,
      arguments: parseArguments(rest.join(" ")),
      input,
      expected: expected.join("\n"),
    });
  }
  return scenarios;
}

function parseArguments(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const match of text.matchAll(/(\w+)=(?:\(([^)]*)\)|(\S+))/g)) {
    const [, name = "", list, single] = match;
    const values = single === undefined ? (list ?? "").split(",") : [single];
    found.set(
      name,
      values.map((value) => value.trim()).filter((value) => value !== ""),
    );
  }
  return found;
}
