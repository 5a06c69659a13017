import { ActionIcon, Button, NativeSelect, Tooltip } from "@mantine/core";
import { memo, useState } from "react";
import { Icon, type IconName } from "../../components/icon.tsx";
import { number } from "../../components/format.ts";
import type { Mark } from "./engine.worker.ts";
import { type Playground, type Snapshot, speeds } from "./playground.ts";
import classes from "./playground.module.css";

interface TransportProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
}

/** The ends of the time line: it grows in steps, so that marks do not crawl. */
const horizons = [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];

export function Transport({ playground, snapshot }: TransportProps) {
  const { frame, playing, speed, furthestMs, marks } = snapshot;
  if (frame === null) return null;
  const horizonMs = horizons.find((each) => each >= furthestMs * 1.02) ?? 600_000;
  return (
    <section className={classes.transport} aria-label="Time">
      <div className={classes.transportButtons}>
        <Tooltip label="One event back">
          <ActionIcon
            variant="default"
            aria-label="Step back one event"
            disabled={frame.event === 0}
            onClick={() => void playground.stepBack()}
          >
            <Icon name="stepBack" />
          </ActionIcon>
        </Tooltip>
        <Button
          size="xs"
          className={classes.play ?? ""}
          leftSection={<Icon name={playing ? "pause" : "play"} />}
          disabled={frame.stopped}
          onClick={() => (playing ? playground.pause() : playground.play())}
        >
          {playing ? "Pause" : "Play"}
        </Button>
        <Tooltip label="One event on">
          <ActionIcon
            variant="default"
            aria-label="Step one event"
            disabled={frame.stopped}
            onClick={() => void playground.stepForward()}
          >
            <Icon name="stepOn" />
          </ActionIcon>
        </Tooltip>
        <NativeSelect
          aria-label="Speed"
          w={76}
          value={String(speed)}
          data={speeds.map((each) => ({ value: String(each), label: `${each} ×` }))}
          onChange={(event) => playground.setSpeed(Number(event.currentTarget.value))}
        />
        <output className={classes.clock} aria-label="Virtual time">
          {(frame.nowMs / 1000).toFixed(3)} <span className="unit">s</span>
        </output>
        <EventField key={frame.event} event={frame.event} playground={playground} />
        <MarkButtons playground={playground} nowMs={frame.nowMs} marks={marks} />
      </div>
      <div className={classes.timeline}>
        <MarksView marks={marks} horizonMs={horizonMs} furthestMs={furthestMs} />
        <input
          type="range"
          aria-label="Moment of the run"
          aria-valuetext={`${(frame.nowMs / 1000).toFixed(2)} seconds, event ${frame.event}`}
          min={0}
          max={horizonMs}
          step={1}
          value={Math.round(frame.nowMs)}
          onChange={(event) => {
            playground.pause();
            playground.follow(Number(event.currentTarget.value));
          }}
        />
        <span className={classes.timelineEnds} aria-hidden="true">
          <span>0 s</span>
          <span>{horizonMs / 1000} s</span>
        </span>
      </div>
    </section>
  );
}

/** The number of the event is a field: typing one goes there. */
function EventField(props: { readonly event: number; readonly playground: Playground }) {
  const [text, setText] = useState(String(props.event));
  return (
    <form
      className={classes.eventField}
      onSubmit={(submit) => {
        submit.preventDefault();
        const event = Number.parseInt(text, 10);
        if (event >= 0) void props.playground.seekEvent(event);
      }}
    >
      <label>
        event{" "}
        <input
          aria-label="Go to event"
          inputMode="numeric"
          value={text}
          onChange={(change) => setText(change.currentTarget.value)}
        />
      </label>
    </form>
  );
}

const notable = (mark: Mark): boolean => mark.kind !== "commit";

function MarkButtons(props: {
  readonly playground: Playground;
  readonly nowMs: number;
  readonly marks: readonly Mark[];
}) {
  const { playground, nowMs, marks } = props;
  const before = marks.findLast((mark) => notable(mark) && mark.atMs < nowMs - 0.0005);
  const after = marks.find((mark) => notable(mark) && mark.atMs > nowMs + 0.0005);
  const go = (mark: Mark) => void playground.seekEvent(mark.event);
  return (
    <>
      <MarkButton label="Previous mark" icon="previous" mark={before} onGo={go} />
      <MarkButton label="Next mark" icon="next" mark={after} onGo={go} />
      <span className={`${classes.markText} soft`}>{nearby(marks, nowMs)}</span>
    </>
  );
}

function MarkButton(props: {
  readonly label: string;
  readonly icon: IconName;
  readonly mark: Mark | undefined;
  readonly onGo: (mark: Mark) => void;
}) {
  const { label, icon, mark, onGo } = props;
  return (
    <Tooltip label={mark === undefined ? label : `${label}: ${mark.text}`}>
      <ActionIcon
        variant="default"
        aria-label={label}
        disabled={mark === undefined}
        onClick={() => mark && onGo(mark)}
      >
        <Icon name={icon} />
      </ActionIcon>
    </Tooltip>
  );
}

/** What the moment is known for. */
function nearby(marks: readonly Mark[], nowMs: number): string {
  const mark = marks.findLast((candidate) => notable(candidate) && candidate.atMs <= nowMs + 0.001);
  return mark === undefined ? "" : `${(mark.atMs / 1000).toFixed(2)} s: ${mark.text}`;
}

const kinds = ["commit", "fault", "leader", "intervention", "failure"] as const;

/** One path for each kind of mark, so that a thousand commits cost one element. */
function MarksView(props: {
  readonly marks: readonly Mark[];
  readonly horizonMs: number;
  readonly furthestMs: number;
}) {
  const { marks, horizonMs, furthestMs } = props;
  const counts = kinds.map((kind) => marks.filter((mark) => mark.kind === kind).length);
  return (
    <svg
      className={classes.marks}
      viewBox="0 0 1000 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Marks: ${kinds.map((kind, place) => `${number(counts[place] ?? 0)} ${kind}`).join(", ")}`}
    >
      <rect className={classes.past} x="0" y="17" width={markX(furthestMs, horizonMs)} height="3" />
      <MarkPaths marks={marks} horizonMs={horizonMs} />
    </svg>
  );
}

/** Drawn anew only when there is another mark, and not with each picture. */
const MarkPaths = memo(function MarkPaths(props: {
  readonly marks: readonly Mark[];
  readonly horizonMs: number;
}) {
  const { marks, horizonMs } = props;
  return kinds.map((kind) => (
    <path
      key={kind}
      data-kind={kind}
      d={marks
        .filter((mark) => mark.kind === kind)
        .map(({ atMs }) => `M${markX(atMs, horizonMs)} ${kind === "commit" ? 12 : 0}V17`)
        .join("")}
    />
  ));
});

function markX(atMs: number, horizonMs: number): string {
  return ((atMs / horizonMs) * 1000).toFixed(1);
}
