import { useMemo, useState } from "react";
import { type Operation, freeProperties } from "./catalogue.ts";
import { type Draft, draftFrom } from "./request.ts";

export interface Drafts {
  /** What was typed for an operation, or its example when nothing was. */
  of(operation: Operation, exampleName: string | undefined): Draft;
  set(operationId: string, draft: Draft): void;
}

/** What is typed stays while the page is open, for each operation by itself. */
export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  return useMemo(
    () => ({
      of: (operation, exampleName) => drafts[operation.id] ?? exampleDraft(operation, exampleName),
      set: (id, draft) => setDrafts((all) => ({ ...all, [id]: draft })),
    }),
    [drafts],
  );
}

/** The named example, else the first one, else an empty form. */
export function exampleDraft(operation: Operation, name: string | undefined): Draft {
  const examples = Object.entries(operation.examples);
  const [, input] = examples.find(([key]) => key === name) ?? examples[0] ?? [];
  return draftFrom(operation, input, freeProperties(operation));
}
