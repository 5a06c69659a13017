/**
 * An algorithm of one's own: the compiled source of a module that extends ConsensusManager, run where
 * it can reach nothing but what it is handed. The process around it decides what "nothing" is; see
 * sandbox.ts.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { Algorithm } from "../algorithms.ts";
import { ConsensusManager } from "../consensus-manager.ts";
import { majorityCommitted, majoritySize } from "../quorum/quorum.ts";
import { DocumentError } from "./document.ts";
import { anyText, clipped, reasonOf } from "./text.ts";

/** What a custom algorithm may import, whatever folder it says it comes from. */
const library: Readonly<Record<string, unknown>> = {
  ConsensusManager,
  majorityCommitted,
  majoritySize,
};
const importable =
  /^(?:consensus|(?:\.{1,2}\/)+(?:[\w-]+\/)*(?:consensus-manager|quorum|process)\.ts)$/;

type Constructor = new (
  id: NodeId,
  members: readonly NodeId[],
) => ConsensusManager<unknown, unknown>;

/** @throws DocumentError when the module is not one class that extends ConsensusManager. */
export function loadAlgorithm(javascript: string): Algorithm {
  const constructor = evaluate(javascript);
  const title = clipped(constructor.name || "custom algorithm");
  return {
    id: "custom",
    title,
    summary: "Written in the editor.",
    paper: "",
    faultModel: "crash",
    nodes: { min: 1, max: 15, default: 5 },
    tolerates: (nodes) => nodes - majoritySize(nodes),
    create: (id, members) => new constructor(id, members),
    describe: anyText,
    kindOf: (message) => {
      const kind = (message as { kind?: unknown } | null)?.kind;
      return typeof kind === "string" ? kind : "message";
    },
    byzantine: {},
  };
}

function evaluate(javascript: string): Constructor {
  const body = linked(javascript);
  let exported: unknown;
  try {
    // One line before the source, so that line numbers stay those of the editor.
    // oxlint-disable-next-line typescript/no-implied-eval, no-new-func
    exported = new Function("library", `"use strict"; let exported; ${body}\nreturn exported();`)(
      library,
    );
  } catch (error) {
    throw new DocumentError(`The algorithm does not load: ${reasonOf(error)}`);
  }
  if (typeof exported !== "function" || !(exported.prototype instanceof ConsensusManager)) {
    throw new DocumentError("The default export must be a class that extends ConsensusManager.");
  }
  return exported as Constructor;
}

/** Turns the module's imports and its default export into plain statements of the same lines. */
function linked(javascript: string): string {
  const withImports = javascript.replaceAll(
    /^import\s*\{([^}]*)\}\s*from\s*["']([^"']+)["'];?/gm,
    (_, names: string, from: string) => {
      if (!importable.test(from)) {
        throw new DocumentError(
          `The algorithm imports "${from}"; only "consensus" can be imported: ${Object.keys(library).join(", ")}.`,
        );
      }
      return `const {${names.replaceAll(/\bas\b/g, ":")}} = library;`;
    },
  );
  const left = /^import\b.*$/m.exec(withImports);
  if (left) throw new DocumentError(`The algorithm cannot be linked: ${clipped(left[0])}`);
  const exports = [...withImports.matchAll(/^export\s+default\s+class\s+(\w+)/gm)];
  if (exports.length !== 1) {
    throw new DocumentError('The algorithm needs exactly one "export default class".');
  }
  return withImports
    .replace(/^export\s+default\s+class\s+(\w+)/m, "exported = () => $1; class $1")
    .replaceAll(/^export\s+(?=class|const|let|function)/gm, "");
}
