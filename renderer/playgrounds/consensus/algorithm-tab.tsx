import { Button, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { CodeView } from "../../components/code-view.tsx";
import { compileAlgorithm } from "./compile.ts";
import type { TabProps } from "./details.tsx";
import classes from "./details.module.css";
import type { RunDocument } from "./engine.worker.ts";
import { SeedPanel } from "./seed-panel.tsx";

/** The editor of an algorithm of one's own, and the test of the present one with many seeds. */
export default function AlgorithmTab({ playground, snapshot }: TabProps) {
  const { catalogue, course } = snapshot;
  const templates = catalogue?.templates ?? [];
  const running = course !== null && "source" in course.document.algorithm ? course.document : null;
  const [source, setSource] = useState(
    () => playground.draft ?? sourceOf(running) ?? templates[0]?.source ?? "",
  );
  const write = (text: string) => {
    playground.keepDraft(text);
    setSource(text);
  };
  const compile = useMutation({
    mutationFn: async () => {
      const javascript = await compileAlgorithm(source);
      if (course === null) return;
      await playground.open(
        { ...course.document, algorithm: { source }, interventions: [] },
        { javascript },
      );
    },
  });
  return (
    <div className={classes.editorColumns}>
      <section aria-label="Editor">
        <div className={classes.tabTools}>
          <NativeSelect
            aria-label="Template"
            value=""
            data={[
              { value: "", label: "Begin from…" },
              ...templates.map(({ id, title }) => ({ value: id, label: title })),
            ]}
            onChange={(event) => {
              const template = templates.find(({ id }) => id === event.currentTarget.value);
              if (template !== undefined) write(template.source);
            }}
          />
          <Button loading={compile.isPending} onClick={() => compile.mutate()}>
            Compile and run
          </Button>
          <span className="soft">
            {running !== null && sourceOf(running) === source
              ? "This is what runs."
              : "Not what runs now."}
          </span>
        </div>
        {compile.error && (
          <p className={classes.compileError} role="alert">
            {compile.error.message}
          </p>
        )}
        <div className={classes.editor}>
          <CodeView
            label="Source of your algorithm"
            value={source}
            onChange={write}
            language="typescript"
            heightMin={360}
            heightMax={520}
          />
        </div>
        <p className={classes.note}>
          A class that extends ConsensusManager. Time is context.now() and timers, chance is
          context.random, messages go by context.send, and only context.storage outlives a crash.
        </p>
      </section>
      {course !== null && (
        <SeedPanel
          title={course.algorithm.title}
          document={course.document}
          playground={playground}
        />
      )}
    </div>
  );
}

function sourceOf(document: RunDocument | null): string | null {
  return document !== null && "source" in document.algorithm ? document.algorithm.source : null;
}
