import { memo } from "react";
import { Button } from "@mantine/core";
import { Icon } from "../../components/icon.tsx";
import { columnName } from "./names.ts";
import type { Playground } from "./playground.ts";
import classes from "./bars.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["picture", "playhead", "playing", "columns", "settings"] as const;

interface TransportProps {
  readonly playground: Playground;
}

/** The moment that is shown: columns in the order in which they are carried out. */
export const Transport = memo(function Transport({ playground }: TransportProps) {
  const { picture, playhead, playing, columns, settings } = useSlice(playground, fields);
  const total = picture?.way.length ?? 0;
  const step = Math.min(playhead ?? total, total);
  const last = step === 0 ? undefined : picture?.way[step - 1];
  const column = last === undefined ? undefined : columns[last];
  const turns = picture?.turns ?? [];
  const where =
    column === undefined
      ? "before the first column"
      : `behind column ${last! + 1}${turns.length > 0 ? `, turn ${turns.join(".")}` : ""}: ${columnName(column)}`;
  const bits = picture?.bits ?? "";
  const hasChance = (picture?.measurements.length ?? 0) > 0;
  return (
    <div className={classes.transport} role="group" aria-label="Time">
      <TransportButtons
        playground={playground}
        playing={playing}
        isEmpty={total === 0}
        isAtStart={step === 0}
        isAtEnd={step >= total}
      />
      <input
        type="range"
        aria-label="Moment of the circuit"
        aria-valuetext={`Step ${step} of ${total}, ${where}`}
        min={0}
        max={total}
        value={step}
        onChange={(event) => playground.seek(Number(event.currentTarget.value))}
      />
      <p className={classes.moment} aria-label="Moment">
        <strong>
          Step {step} of {total}
        </strong>{" "}
        {where}
      </p>
      {bits !== "" && hasChance && (
        <p className={classes.bits}>
          bits <span className="mono">{bits}</span>
          <Button
            size="compact-sm"
            variant="default"
            title="Measure again, with the next seed"
            onClick={() =>
              void playground.act({ kind: "seed", seed: ((settings?.seed ?? 0) + 1) % 2 ** 32 })
            }
          >
            Resample
          </Button>
        </p>
      )}
    </div>
  );
});

interface TransportButtonsProps {
  readonly playground: Playground;
  readonly playing: boolean;
  readonly isEmpty: boolean;
  readonly isAtStart: boolean;
  readonly isAtEnd: boolean;
}

const TransportButtons = memo(function TransportButtons(props: TransportButtonsProps) {
  const { playground, playing, isEmpty, isAtStart, isAtEnd } = props;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => playground.seek(0)}>
        Start
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-label="Step back"
        disabled={isAtStart}
        onClick={() => playground.step(-1)}
      >
        <Icon name="stepBack" />
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        className={classes.play ?? ""}
        leftSection={<Icon name={playing ? "pause" : "play"} />}
        disabled={isEmpty}
        onClick={() => playground.play()}
      >
        {playing ? "Pause" : "Play"}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-label="Step on"
        disabled={isAtEnd}
        onClick={() => playground.step(1)}
      >
        <Icon name="stepOn" />
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={isAtEnd}
        onClick={() => playground.seek(null)}
      >
        End
      </Button>
    </>
  );
});
