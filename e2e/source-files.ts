import { readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join, posix } from "node:path";
import { type ESTree, parseSync } from "vite";

export const root = join(import.meta.dirname, "..");

/** What tools and builds leave behind, and what is installed: .gitignore names the same. */
const generated = new Set([
  "node_modules",
  "out",
  "dist",
  "coverage",
  "test-results",
  "playwright-report",
  ".git",
]);

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface ImportEdge {
  readonly from: string;
  /** A file of ours from the root, or a package's name as written. */
  readonly to: string;
  readonly isOwn: boolean;
}

export interface Module extends SourceFile {
  readonly imports: readonly ImportEdge[];
  readonly program: ESTree.Program;
}

export function topLevelNames(): readonly string[] {
  return readdirSync(root).filter((name) => !generated.has(name));
}

/** Every text file of the repository, in any of its folders. */
export function readFiles(extensions: readonly string[]): readonly SourceFile[] {
  return listFiles("")
    .filter((path) => extensions.includes(extname(path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/** @throws when a file does not parse: a rule that skips a file holds nothing. */
export function parseModule({ path, text }: SourceFile): Module {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const specifiers = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest }) => (moduleRequest === null ? [] : [moduleRequest.value])),
    ),
    // The span holds the quotes; a specifier that is computed is no edge.
    ...module.dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const literal = /^["'](.+)["']$/.exec(text.slice(start, end));
      return literal?.[1] === undefined ? [] : [literal[1]];
    }),
  ];
  return { path, text, program, imports: specifiers.map((name) => importEdge(path, name)) };
}

function importEdge(from: string, specifier: string): ImportEdge {
  if (!specifier.startsWith(".")) return { from, to: specifier, isOwn: false };
  const [path = ""] = specifier.split("?");
  return { from, to: posix.join(dirname(from), path), isOwn: true };
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (generated.has(entry.name)) return [];
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}
