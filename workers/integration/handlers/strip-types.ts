/** TypeScript to JavaScript for the consensus playground: types become blanks, nothing is run. */
import { stripTypeScriptTypes } from "node:module";
import { problem } from "../errors.ts";

/** @throws SOURCE_INVALID with the line and column that do not compile. */
export function stripTypes(source: string): string {
  try {
    return stripTypeScriptTypes(source, { mode: "strip" });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column } = placeOf(error);
    const detail = `Line ${line}, column ${column}: ${error.message}.`;
    throw problem("SOURCE_INVALID", detail, {
      issues: [{ path: `source:${line}:${column}`, message: error.message }],
    });
  }
}

/** Node writes the place in front of the stack: the line's number, lines, and carets below the last. */
function placeOf({ stack = "" }: SyntaxError): { readonly line: number; readonly column: number } {
  const [head = "", ...lines] = stack.split("\n");
  const carets = lines.find((line) => /^\s*\^+\s*$/.test(line)) ?? "";
  return { line: Number(/:(\d+)$/.exec(head)?.[1] ?? 1), column: carets.indexOf("^") + 1 };
}
