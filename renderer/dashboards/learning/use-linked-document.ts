/** What the address says is loaded once: a network in a link, or that of the run. */
import { useEffect, useRef, useState } from "react";
import type { Experiment } from "../../../workers/analytics/contract.ts";
import { decodeRun } from "../../playgrounds/consensus/share.ts";
import { readSpecification } from "./lab-document.ts";
import type { Dispatch } from "./use-lab.ts";

const specificationLengthMax = 1_000_000;

/** @returns what is wrong with the link; null: nothing */
export function useLinkedDocument(experiment: Experiment | null, dispatch: Dispatch): unknown {
  const [problem, setProblem] = useState<unknown>(null);
  const isLoaded = useRef(false);
  useEffect(() => {
    const read = async () => {
      try {
        const text = await decodeRun(location.hash, specificationLengthMax);
        if (text === null) return;
        const specification = readSpecification(text);
        if (typeof specification === "string") throw new Error(specification);
        dispatch({ kind: "load", specification });
        isLoaded.current = true;
      } catch (error) {
        setProblem(error);
      }
    };
    void read();
  }, [dispatch]);
  useEffect(() => {
    if (experiment === null || isLoaded.current) return;
    isLoaded.current = true;
    dispatch({ kind: "load", specification: experiment.specification });
  }, [experiment, dispatch]);
  return problem;
}
