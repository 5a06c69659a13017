import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { formatAge } from "../../components/format.ts";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay, useNow } from "../../data/hooks.ts";
import { useAct, useRefresh } from "../microservices/use-cluster.ts";
import classes from "./cluster.module.css";

export function useFaults() {
  return useQuery(
    orpc.microservices.cluster.faults.queryOptions({
      input: {},
      refetchInterval: useRefresh(2_000),
    }),
  );
}

/** What is broken on purpose, for how long, and the way back. */
export function FaultBanner() {
  const { data } = useFaults();
  const mayAct = useMay("operator");
  const restore = useAct(client.microservices.cluster.restore, ({ id }) =>
    id === undefined ? "Restored everything" : "Restored",
  );
  const faults = data?.faults ?? [];
  if (faults.length === 0) return null;
  return (
    <section className={classes.banner} aria-label="Experiments under way">
      {faults.map(({ id, sentence, subject, since, until }) => (
        <span key={id} className={classes.row}>
          <StatusMark
            health="degraded"
            word={sentence.includes(subject) ? sentence : `${subject}: ${sentence}`}
          />
          <span className="soft">
            since <RelativeAge at={since} />
            {until !== null && <TimeLeft until={until} />}
          </span>
          <Button
            size="compact-xs"
            variant="default"
            disabled={!mayAct}
            aria-label={`Restore ${subject}`}
            onClick={() => restore.mutate({ id })}
          >
            Restore
          </Button>
        </span>
      ))}
      <Button
        className={classes.end ?? ""}
        disabled={!mayAct}
        loading={restore.isPending}
        onClick={() => restore.mutate({})}
      >
        Restore all
      </Button>
    </section>
  );
}

function TimeLeft({ until }: { readonly until: number }) {
  const left = until - useNow();
  return left <= 0 ? ", ending" : `, ${formatAge(left)} left`;
}
