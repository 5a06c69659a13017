import { Button } from "@mantine/core";
import type { ForecastInput, ForecastOutput } from "../../../workers/analytics/contract.ts";
import type { ForecastsSearch } from "../../app/search-params.ts";
import { CopyButton } from "../../components/copy-button.tsx";
import { toCsv } from "../../components/csv.ts";
import { downloadText, fileName } from "../../components/download.ts";
import { Panel } from "../../components/page-frame.tsx";
import { toCurl } from "../../console/request.ts";
import { useThread } from "../../data/hooks.ts";
import { hasToken } from "../../data/session.ts";
import classes from "./forecasts.module.css";
import type { Source } from "./sources.ts";

const curlShownMax = 600;

/** The forecast as a file, as a line for the shell, and as a link. */
export function ExportPanel(props: {
  readonly data: ForecastOutput;
  readonly input: ForecastInput;
  readonly source: Source;
  readonly search: ForecastsSearch;
}) {
  const { data, input, source, search } = props;
  const base = useThread("analytics")?.url ?? location.origin;
  const request = {
    method: "POST",
    path: "/api/analytics/forecasts",
    body: JSON.stringify(input),
  };
  const curl = toCurl(base, request, hasToken());
  const name = `${source.title} forecast`;
  return (
    <Panel title="Export" id="export">
      <div className={classes.padded}>
        <div className={classes.row}>
          <Button
            variant="default"
            onClick={() => downloadText(fileName(name, "csv"), csvOf(data), "text/csv")}
          >
            Forecast as CSV
          </Button>
          <Button
            variant="default"
            onClick={() =>
              downloadText(
                fileName(name, "json"),
                JSON.stringify(data, null, 2),
                "application/json",
              )
            }
          >
            All as JSON
          </Button>
          <CopyButton text={curl} name="Copy as curl" />
          <CopyButton text={location.href} name="Copy link" />
        </div>
        {source.citation !== null && <p className="soft">Values: {source.citation}.</p>}
        {search.own === true && (
          <p className="soft">The link holds the settings; these values are too many for it.</p>
        )}
        {/* A box that scrolls has to be reached by keyboard. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <pre className={classes.curl} aria-label="The same with curl" tabIndex={0}>
          {curl.length > curlShownMax ? `${curl.slice(0, curlShownMax)}…` : curl}
        </pre>
      </div>
    </Panel>
  );
}

function csvOf({ points, actual }: ForecastOutput): string {
  const levels = points[0]?.bands ?? [];
  const header = [
    "step",
    "at",
    "forecast",
    ...levels.flatMap(({ level }) => [`lower ${100 * level} %`, `upper ${100 * level} %`]),
    "actual",
  ];
  const rows = points.map(({ step, at, mean, bands }) => [
    step,
    at === null ? null : new Date(at).toISOString(),
    mean,
    ...bands.flatMap(({ lower, upper }) => [lower, upper]),
    actual[step - 1] ?? null,
  ]);
  return toCsv(header, rows);
}
