import { Button } from "@mantine/core";
import type { Deletion } from "../../../workers/analytics/contract.ts";
import { bytes, formatAge, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { client } from "../../data/client.ts";
import { useMay, useNow } from "../../data/hooks.ts";
import classes from "./models.module.css";
import { act } from "./use-models.ts";

/** What was deleted and can still be brought back. */
export function Deletions({ deletions }: { readonly deletions: readonly Deletion[] }) {
  const now = useNow();
  const mayUndo = useMay("operator");
  const left = deletions.filter(({ undoUntil }) => undoUntil > now);
  if (left.length === 0) return null;
  return (
    <Panel title="Deleted" id="deleted">
      <ul className={classes.deletions}>
        {left.map((deletion) => (
          <li key={deletion.id}>
            <span>
              {wordsFor(deletion)}, {text(bytes(deletion.bytes))}; for good in{" "}
              {formatAge(deletion.undoUntil - now)}
            </span>
            <Button
              variant="default"
              size="compact-sm"
              disabled={!mayUndo}
              aria-label={`Undo deletion of ${deletion.model}`}
              onClick={() =>
                void act(`${deletion.model} is back.`, () =>
                  client.analytics.registry.undo({ id: deletion.id }),
                )
              }
            >
              Undo deletion
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function wordsFor(deletion: Omit<Deletion, "id" | "at" | "undoUntil" | "bytes">): string {
  const { model, wholeModel, versions, aliases } = deletion;
  const what = versions.length === 1 ? `version ${versions[0]}` : `versions ${versions.join(", ")}`;
  const gone = aliases.length === 0 ? "" : `, alias ${aliases.join(", ")}`;
  return wholeModel ? `${model} with ${what}${gone}` : `${model} ${what}${gone}`;
}
