import { Suspense } from "react";
import { lazily } from "./lazily.ts";
import type { CodeEditorProps } from "./code-editor.tsx";
import { LoadingSkeleton } from "./query-boundary.tsx";

const CodeEditor = lazily(() => import("./code-editor.tsx"));

/** The editor, loaded when it is first needed. */
export function CodeView(props: CodeEditorProps) {
  return (
    <Suspense fallback={<LoadingSkeleton rows={2} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
