import { Link } from "@tanstack/react-router";
import { abbreviate } from "./format.ts";

/** From anything that carries a trace id to its waterfall. */
export function TraceLink({ id, children }: { readonly id: string; readonly children?: string }) {
  return (
    <Link
      to="/traces"
      search={{ trace: id }}
      title={`Trace ${id}`}
      onClick={(event) => event.stopPropagation()}
    >
      {children ?? <span className="mono">{abbreviate(id)}</span>}
    </Link>
  );
}
