import { lazy, Suspense } from "react";
import type { CodeEditorProps } from "./code-editor.tsx";
import { LoadingSkeleton } from "./query-boundary.tsx";

const CodeEditor = lazy(() => import("./code-editor.tsx"));

/** The editor, loaded when it is first needed. */
export function CodeView(props: CodeEditorProps) {
  return (
    <Suspense fallback={<LoadingSkeleton rows={2} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
