import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useStore } from "../../data/store.ts";
import { compileAlgorithm } from "./compile.ts";
import type { Catalogue, RunDocument } from "./engine.worker.ts";
import { Playground } from "./playground.ts";
import { decodeRun, encodeRun, linkLengthMax } from "./share.ts";

const route = getRouteApi("/playgrounds/consensus");
const documentLengthMax = 256 * 1024;
/** The address follows the run after a pause, not at each step. */
const writeAfterMs = 300;

export interface PlaygroundView {
  readonly playground: Playground;
  /** The source of an algorithm that came with a run and has not been agreed to. */
  readonly untrusted: string | null;
  readonly trust: () => void;
}

/** A run that lives as long as its page, opened from the address and kept in it. */
export function usePlayground(): PlaygroundView {
  const [playground] = useState(() => new Playground());
  const [untrusted, setUntrusted] = useState<RunDocument | null>(null);
  const search = route.useSearch();

  useEffect(() => {
    void openFromAddress(playground, search, setUntrusted);
    // A link to another run that is pasted over this one changes the fragment alone.
    const onFragment = () => void openFromAddress(playground, addressNow(), setUntrusted);
    globalThis.addEventListener("hashchange", onFragment);
    return () => {
      globalThis.removeEventListener("hashchange", onFragment);
      playground.close();
    };
    // The address is read once; afterwards the page writes it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [playground]);
  useAddress(playground);

  const trust = useCallback(() => {
    if (untrusted === null || !("source" in untrusted.algorithm)) return;
    const { source } = untrusted.algorithm;
    setUntrusted(null);
    void compileAlgorithm(source).then(
      (javascript) => playground.open(untrusted, { javascript, timeMs: search.t }),
      (error: Error) => playground.fail(error.message),
    );
  }, [untrusted, playground, search.t]);

  const source =
    untrusted !== null && "source" in untrusted.algorithm ? untrusted.algorithm.source : null;
  return { playground, untrusted: source, trust };
}

interface Address {
  readonly algorithm?: string | undefined;
  readonly seed?: number | undefined;
  readonly t?: number | undefined;
  readonly node?: number | undefined;
  readonly lesson?: string | undefined;
}

function addressNow(): Address {
  const timeMs = Number(new URLSearchParams(globalThis.location.search).get("t") ?? 0);
  return timeMs > 0 ? { t: timeMs } : {};
}

async function openFromAddress(
  playground: Playground,
  search: Address,
  setUntrusted: (document: RunDocument) => void,
): Promise<void> {
  try {
    const catalogue = playground.snapshot.catalogue ?? (await playground.start());
    const text = await decodeRun(globalThis.location.hash, documentLengthMax);
    const document = text === null ? documentOf(catalogue, search) : await playground.parse(text);
    // Code from a link is shown before it is run.
    if ("source" in document.algorithm) setUntrusted(document);
    else await playground.open(document, { timeMs: search.t });
    if (search.node !== undefined) playground.select([search.node]);
  } catch (error) {
    playground.fail(error instanceof Error ? error.message : String(error));
    const { catalogue } = playground.snapshot;
    // A damaged link leaves a run to go on with.
    if (catalogue) await playground.open(catalogue.defaultDocument, { keepError: true });
  }
}

function documentOf(catalogue: Catalogue, search: Address): RunDocument {
  const lesson = catalogue.lessons.find(({ id }) => id === search.lesson);
  if (lesson !== undefined) return lesson.document;
  const { defaultDocument } = catalogue;
  const algorithm = catalogue.algorithms.find(({ id }) => id === search.algorithm);
  return {
    ...defaultDocument,
    ...(algorithm && { algorithm: { id: algorithm.id }, nodes: algorithm.nodes.default }),
    seed: search.seed ?? defaultDocument.seed,
  };
}

/** Keeps the address up to date: what a catalogue run is by name, and any other one whole. */
function useAddress(playground: Playground): void {
  const navigate = route.useNavigate();
  const { course, frame, playing, selected, catalogue } = useStore(playground.store);
  const nowMs = playing || frame === null ? null : frame.nowMs;
  const node = selected.length === 1 ? selected[0] : undefined;
  const { lesson } = route.useSearch();
  useEffect(() => {
    if (course === null || catalogue === null || nowMs === null) return undefined;
    const timer = setTimeout(() => {
      void writeAddress(course.document, catalogue, lesson).then(({ hash, ...found }) =>
        navigate({
          to: ".",
          search: (before) => ({
            ...before,
            ...found,
            t: nowMs === 0 ? undefined : Math.round(nowMs * 1000) / 1000,
            node,
          }),
          hash,
          replace: true,
          resetScroll: false,
          hashScrollIntoView: false,
        }),
      );
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [course, catalogue, nowMs, node, lesson, navigate]);
}

async function writeAddress(document: RunDocument, catalogue: Catalogue, openLesson?: string) {
  const { lessons } = catalogue;
  const lesson = lessons.find((each) => isSame(each.document, document));
  if (lesson !== undefined) {
    return { algorithm: undefined, seed: undefined, lesson: lesson.id, hash: "" };
  }
  const algorithm = "id" in document.algorithm ? document.algorithm.id : undefined;
  const named = { algorithm, seed: document.seed };
  // What is done in the course of a lesson leaves it open.
  const begun = lessons.find(({ id }) => id === openLesson);
  const isInLesson = begun !== undefined && isSame(untouched(begun.document), untouched(document));
  const found = { ...named, lesson: isInLesson ? begun.id : undefined };
  if (isSame(documentOf(catalogue, named), document)) return { ...found, hash: "" };
  const hash = await encodeRun(document);
  return { ...found, hash: hash.length <= linkLengthMax ? hash : "" };
}

function untouched(document: RunDocument): RunDocument {
  return { ...document, interventions: [] };
}

/** The order of fields in a document depends on who wrote it. */
function isSame(one: RunDocument, other: RunDocument): boolean {
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

function sorted(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
