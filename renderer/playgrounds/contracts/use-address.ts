import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { client } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { useStore } from "../../data/store.ts";
import type { Tools } from "./context.ts";
import type { Opening } from "./toolbar.tsx";

const route = getRouteApi("/blockchain/contracts");

/** Opens what the address names, and keeps in the address what is open. */
export function useAddress(
  { workshop, debugger: session }: Tools,
  titleOf: (hash: string) => string,
) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [problem, setProblem] = useState<unknown>(null);
  const { file, origin } = useStore(workshop.store);
  const first = useRef(search);
  const [isOpened, setOpened] = useState(false);

  const load = useCallback(
    async (what: Opening, wanted?: string) => {
      setProblem(null);
      try {
        await openSources(workshop, what, wanted);
      } catch (error) {
        setProblem(toProblemError(error));
      }
    },
    [workshop],
  );

  useEffect(() => {
    const { template, workspace, file: wanted, debug } = first.current;
    const what: Opening =
      template !== undefined
        ? { template }
        : workspace !== undefined
          ? { workspace }
          : { empty: true };
    void load(what, wanted).then(() => setOpened(true));
    if (debug !== undefined) {
      session.open(titleOf(debug), { kind: "transaction", hash: debug }, null);
      void navigate({ search: (now) => ({ ...now, tab: "debug" }), replace: true });
    }
    // The address is read once; afterwards the page writes it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [workshop, session]);

  useEffect(() => {
    if (!isOpened) return;
    void navigate({
      search: (now) => ({
        ...now,
        template: origin.kind === "template" ? origin.id : undefined,
        workspace: origin.kind === "workspace" ? origin.id : undefined,
        file,
      }),
      replace: true,
      resetScroll: false,
    });
  }, [isOpened, origin, file, navigate]);

  const open = useCallback((what: Opening) => void load(what), [load]);
  return { open, problem };
}

async function openSources(
  workshop: Tools["workshop"],
  what: Opening,
  file: string | undefined,
): Promise<void> {
  const more = file === undefined ? {} : { file };
  if ("template" in what) {
    const { templates } = await client.blockchain.templates({});
    const found = templates.find(({ id }) => id === what.template);
    if (found === undefined) throw new Error(`There is no template ${what.template}.`);
    const { id, title, sources } = found;
    workshop.open(sources, { kind: "template", id, title }, more);
  } else if ("workspace" in what) {
    const { workspace: id, version: wanted } = what;
    const { snapshot } = workshop;
    const { name, shown, versions, sources, settings } = await client.blockchain.workspace({
      id,
      ...(wanted === undefined ? {} : { version: wanted }),
    });
    const { origin } = snapshot;
    // What was just saved is open already.
    if (wanted === undefined && origin.kind === "workspace" && origin.id === id) return;
    const stored = { kind: "workspace", id, name, version: shown, versions } as const;
    workshop.open(sources, stored, { settings, ...more });
  } else workshop.openEmpty();
}
