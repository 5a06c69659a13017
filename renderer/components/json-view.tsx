import { lazy, Suspense } from "react";
import type { JsonEditorProps } from "./json-editor.tsx";
import { LoadingSkeleton } from "./query-boundary.tsx";

const JsonEditor = lazy(() => import("./json-editor.tsx"));

/** The JSON editor, loaded when it is first needed. */
export function JsonView(props: JsonEditorProps) {
  return (
    <Suspense fallback={<LoadingSkeleton rows={2} />}>
      <JsonEditor {...props} />
    </Suspense>
  );
}
