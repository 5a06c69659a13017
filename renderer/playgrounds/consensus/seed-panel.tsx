import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useState } from "react";
import { number } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { useStore } from "../../data/store.ts";
import classes from "./details.module.css";
import type { RunDocument } from "./engine.worker.ts";
import type { Playground } from "./playground.ts";
import { type SeedProgress, SeedTest } from "./seed-test.ts";

interface SeedPanelProps {
  readonly title: string;
  readonly document: RunDocument;
  readonly playground: Playground;
}

/** Faults by chance under one seed after another, until one shows a mistake. */
export function SeedPanel({ title, document, playground }: SeedPanelProps) {
  const [test] = useState(() => new SeedTest());
  const [total, setTotal] = useState(1000);
  const progress = useStore(test.store);
  useEffect(() => () => test.cancel(), [test]);
  const isRunning = progress.state === "running";
  const { failing } = progress;
  const { javascript } = playground;
  const openFailing = async () => {
    if (failing === null) return;
    const { seed, event, failure } = failing;
    const seeded = await playground.engine.ask("seedDocument", { document, seed });
    const isHang = failure?.startsWith("budget") === true;
    await playground.open(seeded, {
      javascript,
      ...(event === null ? { timeMs: seeded.faults.untilMs } : { event }),
      ...(isHang && event !== null ? { stopBefore: { event, reason: failure } } : {}),
    });
  };
  return (
    <section className={classes.seeds} aria-label="Many seeds">
      <h3>Test {title} with many seeds</h3>
      <p className="soft">
        Each seed is a run with crashes, pauses, partitions and slow clocks; then everything is
        repaired, and the clients must finish.
      </p>
      <div className={classes.tabTools}>
        <NativeSelect
          aria-label="Number of seeds"
          value={String(total)}
          data={["100", "1000", "10000"].map((value) => ({
            value,
            label: `${number(Number(value))} seeds`,
          }))}
          onChange={(event) => setTotal(Number(event.currentTarget.value))}
        />
        {isRunning ? (
          <Button variant="default" onClick={() => test.cancel()}>
            Cancel the test
          </Button>
        ) : (
          <Button onClick={() => void test.run(document, javascript, total)}>
            Test {number(total)} seeds
          </Button>
        )}
      </div>
      <div role="status" className={classes.seedStatus}>
        <Progress progress={progress} />
      </div>
      {failing !== null && (
        <>
          <p className={classes.failure}>{failing.failure}</p>
          <Button variant="default" onClick={() => void openFailing()}>
            Open the run of seed {failing.seed}
          </Button>
        </>
      )}
    </section>
  );
}

function Progress({ progress }: { readonly progress: SeedProgress }) {
  const { state, tried, total, events, seedsPerSecond, failing, error } = progress;
  const counted = `${number(tried)} of ${number(total)} seeds, ${number(events)} events, ${number(Math.round(seedsPerSecond))} seeds a second`;
  switch (state) {
    case "idle":
      return <span className="soft">Not tested yet.</span>;
    case "running":
      return (
        <>
          <progress value={tried} max={total} aria-label="Seeds tried" />
          <span>{counted}</span>
        </>
      );
    case "passed":
      return (
        <>
          <StatusMark health="healthy" word="passed" /> <span>{counted}</span>
        </>
      );
    case "failed":
      return (
        <>
          <StatusMark health="failed" word={`seed ${failing?.seed ?? "?"} fails`} />{" "}
          <span>{counted}</span>
        </>
      );
    case "refused":
      return <span>{error}</span>;
    default:
      return <span>Cancelled after {counted}.</span>;
  }
}
