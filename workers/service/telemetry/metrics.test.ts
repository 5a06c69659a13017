import { describe, expect, it } from "vitest";
import { ThreadMetrics } from "./metrics.ts";

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
interface Family {
  readonly type: string;
  readonly help: string | undefined;
  readonly samples: readonly Sample[];
}

const unescaped = (text: string) =>
  text.replaceAll(/\\(.)/g, (_, each: string) => (each === "n" ? "\n" : each));
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [""],
  gauge: [""],
  histogram: ["_bucket", "_sum", "_count"],
};

/** Prometheus text exposition format 0.0.4; throws on a line that is not of it. */
function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith("\n")) throw new Error("The last line must end with a line feed.");
  const families = new Map<string, { type: string; help: string | undefined; samples: Sample[] }>();
  const helps = new Map<string, string>();
  let current: string | undefined;
  for (const line of text.split("\n")) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment !== null) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "HELP") helps.set(name, rest);
      else {
        if (families.has(name)) throw new Error(`A second TYPE of ${name}`);
        if (!(rest in suffixes)) throw new Error(`Unknown type ${rest}`);
        families.set(name, { type: rest, help: helps.get(name), samples: [] });
        current = name;
      }
      continue;
    }
    if (line === "" || line.startsWith("#")) continue;
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)( -?\d+)?$/.exec(line);
    const family = families.get(current ?? "");
    if (match === null || family === undefined) throw new Error(`Not a sample: ${line}`);
    const [, name = "", inner = "", number = ""] = match;
    if (!suffixes[family.type]?.some((suffix) => name === `${current}${suffix}`)) {
      throw new Error(`${name} does not belong to ${current}`);
    }
    const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
    const labels: Record<string, string> = {};
    while (label.lastIndex < inner.length) {
      const found = label.exec(inner);
      if (found === null) throw new Error(`Not labels: ${inner}`);
      labels[found[1] ?? ""] = unescaped(found[2] ?? "");
    }
    const value = { "+Inf": Infinity, "-Inf": -Infinity }[number] ?? Number(number);
    if (Number.isNaN(value) && number !== "NaN") throw new Error(`Not a number: ${number}`);
    family.samples.push({ name, labels, value });
  }
  return families;
}

const metrics = new ThreadMetrics("quantum", "1.2.3");

/** As the HTTP server tells it. */
function answered(method: string, route: string, status: number, durationMs: number): void {
  metrics.requestStarted();
  metrics.requestAnswered(method, route, status, durationMs);
  metrics.requestClosed();
}

describe("ThreadMetrics", () => {
  it("counts requests, errors and those in flight, and says so to Prometheus alike", async () => {
    const answers = [
      ["GET", "/api/platform", 200, 0.4],
      ["GET", "/api/platform", 200, 2],
      ["GET", "/api/platform", 503, 40],
      ["POST", '/odd"route\\with\nall', 400, 20_000],
    ] as const;
    for (const [method, path, status, durationMs] of answers) {
      answered(method, path, status, durationMs);
    }
    metrics.requestRefused("HOST_REFUSED");
    metrics.requestRefused("HOST_REFUSED");
    metrics.requestRefused("TOKEN_INVALID");
    metrics.requestStarted();
    // A client that leaves is not an answer.
    metrics.requestStarted();
    metrics.requestClosed();
    expect(metrics.counts()).toEqual({
      requestsTotal: 7,
      requestErrorsTotal: 1,
      requestsInFlight: 1,
    });

    const families = parseExposition(await metrics.prometheusText());
    const valueOf = (family: string, name: string, labels: Record<string, string>) =>
      families
        .get(family)
        ?.samples.filter(
          (sample) =>
            sample.name === name &&
            Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        )
        .map(({ value }) => value);

    const duration = "http_server_request_duration_seconds";
    expect(families.get(duration)).toMatchObject({
      type: "histogram",
      help: "Duration of HTTP server requests",
    });
    const labelsOf = (method: string, route: string, status: number) => ({
      http_request_method: method,
      http_route: route,
      http_response_status_code: String(status),
    });
    const groups = Map.groupBy(answers, ([method, route, status]) =>
      JSON.stringify(labelsOf(method, route, status)),
    );
    for (const [key, group] of groups) {
      const labels = JSON.parse(key) as Record<string, string>;
      expect(valueOf(duration, `${duration}_count`, labels)).toEqual([group.length]);
      const [sum = NaN] = valueOf(duration, `${duration}_sum`, labels) ?? [];
      expect(sum).toBeCloseTo(
        group.reduce((total, each) => total + each[3] / 1_000, 0),
        9,
      );
    }
    const refused = (code: string) =>
      valueOf("http_server_refused_total", "http_server_refused_total", { error_type: code });
    expect([refused("HOST_REFUSED"), refused("TOKEN_INVALID")]).toEqual([[2], [1]]);
    const active = "http_server_active_requests";
    expect(valueOf(active, active, {})).toEqual([1]);
    expect(families.get("nodejs_heap_used_bytes")?.samples[0]?.value).toBeGreaterThan(0);
  });

  it("histograms: buckets are cumulative and end with the count", async () => {
    const family = parseExposition(await metrics.prometheusText()).get(
      "http_server_request_duration_seconds",
    );
    const seriesOf = ({ labels }: Sample) => JSON.stringify({ ...labels, le: undefined });
    const series = Map.groupBy(family?.samples ?? [], seriesOf);
    expect(series.size).toBeGreaterThan(0);
    for (const samples of series.values()) {
      const buckets = samples.filter(({ name }) => name.endsWith("_bucket"));
      const bounds = buckets.map(({ labels }) =>
        labels["le"] === "+Inf" ? Infinity : Number(labels["le"]),
      );
      const values = buckets.map(({ value }) => value);
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
      expect(bounds.at(-1)).toBe(Infinity);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(values.at(-1)).toBe(samples.find(({ name }) => name.endsWith("_count"))?.value);
    }
  });

  it("every family says what it is", async () => {
    const families = parseExposition(await metrics.prometheusText());
    const bare = [...families].filter(([, { help }]) => help === undefined || /missing/.test(help));
    expect(bare).toEqual([]);
  });

  it("says whose metrics they are", async () => {
    const info = parseExposition(await metrics.prometheusText()).get("target_info");
    expect(info?.samples[0]).toMatchObject({
      labels: { service_name: "quantum", service_version: "1.2.3" },
      value: 1,
    });
  });
});

describe("the parser above", () => {
  it.each([
    ["no line feed at the end", "# TYPE a gauge\na 1", "must end with a line feed"],
    ["a sample without a type", "a 1\n", "Not a sample"],
    ["a sample of another family", "# TYPE a gauge\nb 1\n", "b does not belong to a"],
    ["a raw quote in a label", '# TYPE a gauge\na{b="c"d"} 1\n', "Not labels"],
    ["a value that is no number", "# TYPE a gauge\na one\n", "Not a number"],
    ["a family twice", "# TYPE a gauge\na 1\n# TYPE a gauge\na 1\n", "A second TYPE of a"],
  ])("refuses %s", (_title, text, message) => {
    expect(() => parseExposition(text)).toThrow(message);
  });
});
