import { getRouteApi } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { decodeRun, encodeRun, linkLengthMax } from "../consensus/share.ts";
import { Playground } from "./playground.ts";
import { useSlice } from "./use-slice.ts";

const addressFields = ["revision", "lesson"] as const;

const route = getRouteApi("/playgrounds/quantum");
const documentLengthMax = 2_000_000;
/** The address follows the circuit after a pause, not at each key. */
const writeAfterMs = 400;

/** A circuit that lives as long as its page, opened from the address and kept in it. */
export function usePlayground(): Playground {
  const [playground] = useState(() => new Playground());
  const { example, lesson } = route.useSearch();
  useEffect(() => {
    void openFromAddress(playground, example, lesson);
    const onFragment = () => void openFragment(playground);
    globalThis.addEventListener("hashchange", onFragment);
    return () => {
      globalThis.removeEventListener("hashchange", onFragment);
      playground.close();
    };
    // The address is read once; afterwards the page writes it.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [playground]);
  useAddress(playground);
  return playground;
}

async function openFromAddress(
  playground: Playground,
  example: string | undefined,
  lesson: string | undefined,
): Promise<void> {
  try {
    await playground.start();
    const isOpened = await openFragment(playground);
    if (isOpened) return;
    const { catalogue } = playground.snapshot;
    if (catalogue?.lessons.some(({ id }) => id === lesson) === true && lesson !== undefined) {
      await playground.lesson({ lesson, step: 0 });
    } else if (
      catalogue?.examples.some(({ id }) => id === example) === true &&
      example !== undefined
    ) {
      await playground.example(example, {});
    } else {
      await playground.refresh();
      playground.seek(null);
    }
  } catch (error) {
    playground.refuse(error);
    await playground.refresh();
    playground.seek(null);
  }
}

/** The fragment that the page has written itself is no news to it. */
let written = "";

async function openFragment(playground: Playground): Promise<boolean> {
  const { hash } = globalThis.location;
  if (hash.replace(/^#/, "") === written && playground.document !== null) return true;
  const text = await decodeRun(hash, documentLengthMax);
  if (text === null) return false;
  const result = await playground.open(text, "open a link");
  if (result === null) throw new Error(playground.snapshot.refusal ?? "The link is damaged.");
  return true;
}

/** Keeps the circuit in the fragment, which no server sees. */
function useAddress(playground: Playground): void {
  const navigate = route.useNavigate();
  const { revision, lesson } = useSlice(playground, addressFields);
  const lessonId = lesson?.lesson;
  useEffect(() => {
    if (revision === 0) return undefined;
    const timer = setTimeout(() => {
      const { document } = playground;
      if (document === null) return;
      void encodeRun(document).then((fragment) => {
        written = fragment.length <= linkLengthMax ? fragment : "";
        return navigate({
          to: ".",
          search: (before) => ({ ...before, example: undefined, lesson: lessonId }),
          hash: lessonId === undefined ? written : "",
          replace: true,
          resetScroll: false,
          hashScrollIntoView: false,
        });
      });
    }, writeAfterMs);
    return () => clearTimeout(timer);
  }, [playground, revision, lessonId, navigate]);
}
