/**
 * An algorithm of one's own: the compiled source of a module that extends ConsensusManager, run where
 * it can reach nothing but what it is handed. The process around it decides what "nothing" is; see
 * sandbox.ts.
 */
import type { Algorithm } from "../algorithms.ts";
import { ConsensusManager } from "../consensus-manager.ts";
import { customAlgorithm } from "../custom-algorithm.ts";
import { majorityCommitted, majoritySize } from "../quorum/quorum.ts";
import { DocumentError } from "./document.ts";
import { clipped, reasonOf } from "./text.ts";

/** What a custom algorithm may import, whatever folder it says it comes from. */
const library: Readonly<Record<string, unknown>> = {
  ConsensusManager,
  majorityCommitted,
  majoritySize,
};
const importable =
  /^(?:consensus|(?:\.{1,2}\/)+(?:[\w-]+\/)*(?:consensus-manager|quorum|process)\.ts)$/;

/** @throws DocumentError when the module is not one class that extends ConsensusManager. */
export function loadAlgorithm(javascript: string): Algorithm {
  const exported = evaluate(javascript);
  try {
    return customAlgorithm(exported);
  } catch (error) {
    throw new DocumentError(`The algorithm cannot run: ${reasonOf(error)}`);
  }
}
function evaluate(javascript: string): unknown {
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
  return exported;
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
