import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { EdgeNode } from "../../../workers/edge/contract.ts";
import { bytes, duration, number, percent, text } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./edge.module.css";
import { Detail } from "./request-result.tsx";
import { refreshEdge } from "./use-edge.ts";

interface NodeDetailsProps {
  readonly node: EdgeNode;
  readonly onRemoved: () => void;
}

export function NodeDetails({ node, onRemoved }: NodeDetailsProps) {
  const mayOperate = useMay("operator");
  const done = { onSettled: () => refreshEdge() };
  const fail = useMutation(orpc.edge.failNode.mutationOptions(done));
  const recover = useMutation(orpc.edge.recoverNode.mutationOptions(done));
  const remove = useMutation(
    orpc.edge.removeNode.mutationOptions({ ...done, onSuccess: onRemoved }),
  );
  const error = fail.error ?? recover.error ?? remove.error;
  const { capabilities, cache } = node;
  const rows = [
    ["Place", node.country === null ? node.place : `${node.place}, ${node.country}`],
    ["Coordinates", `${node.latitude}, ${node.longitude}`],
    ["CPU", `${text(percent(node.cpuFraction))} of ${capabilities.cpu}`],
    ["Memory", `${text(bytes(node.memoryUsedBytes))} of ${number(capabilities.memory)} MiB`],
    ["Storage", `${number(capabilities.storage)} GiB`],
    ["In work, waiting", `${node.running}, ${node.queued} of ${node.queueMax}`],
    ["Answered", number(node.completed)],
    ["Moved to other nodes", number(node.rerouted)],
    ["Compute time", node.serviceMs === null ? "none yet" : text(duration(node.serviceMs))],
    ["Models loaded", node.models.join(", ") || "none yet"],
    ["Cache", `${cache.entries} of ${cache.entriesMax} entries, ${text(bytes(cache.bytes))}`],
    ["Time to live", text(duration(cache.ttlMs))],
  ] as const;
  return (
    <>
      <p>
        <StatusMark health={node.state} word={node.state} />{" "}
        <span className="soft">
          since <RelativeAge at={node.since} />
        </span>
      </p>
      <div className={classes.actions} role="group" aria-label={`Actions on ${node.id}`}>
        {node.state === "healthy" ? (
          <Button
            variant="default"
            disabled={!mayOperate}
            loading={fail.isPending}
            onClick={() => fail.mutate({ id: node.id })}
          >
            Fail node
          </Button>
        ) : (
          <Button
            variant="default"
            disabled={!mayOperate}
            loading={recover.isPending}
            onClick={() => recover.mutate({ id: node.id })}
          >
            Recover node
          </Button>
        )}
        <Button
          variant="default"
          disabled={!mayOperate}
          loading={remove.isPending}
          onClick={() => remove.mutate({ id: node.id })}
        >
          Remove node
        </Button>
      </div>
      {error && <ProblemView error={error} />}
      <dl className={classes.details}>
        {rows.map(([name, value]) => (
          <Detail key={name} name={name} value={value} />
        ))}
      </dl>
    </>
  );
}
