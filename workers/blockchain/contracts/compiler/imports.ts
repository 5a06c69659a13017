/** Which files a set of sources imports, and what is wrong with the set before it is compiled. */
import type { Sources } from "../artefact.ts";
import { compilerLimits } from "../limits.ts";
import { builtInPaths, builtInSource } from "./built-in.ts";

/** Comments and strings in one pass, so that neither hides the other. */
const commentOrString = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;
const importLine = /\bimport\b[^;"']*(["'])(?<path>[^"'\n]+)\1[^;]*;/g;

/** The paths as they are written in import directives. */
export function importsOf(content: string): string[] {
  const code = content.replaceAll(commentOrString, (found) => (found[0] === "/" ? " " : found));
  return [...code.matchAll(importLine)].map((match) => match.groups?.["path"] ?? "");
}

/**
 * The source that an import names: relative ones start with ./ or ../ and are taken from the folder
 * of the importing file, as in the compiler (its manual, "Path Resolution").
 */
export function resolveImport(importer: string, path: string): string {
  if (!path.startsWith("./") && !path.startsWith("../")) return path;
  const parts = importer.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The sources with the built-in ones that they import. */
export function withBuiltIn(sources: Sources): Sources {
  const wanted = Object.entries(sources)
    .flatMap(([file, content]) => importsOf(content).map((path) => resolveImport(file, path)))
    .filter((path) => builtInPaths.includes(path) && !(path in sources));
  return { ...sources, ...Object.fromEntries(wanted.map((path) => [path, builtInSource(path)])) };
}

/** @returns what to say about an import that leads nowhere */
export function missingImport(path: string, sources: Sources): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const alike = Object.keys(sources).filter((file) => file === name || file.endsWith(`/${name}`));
  const hint =
    alike.length > 0
      ? `Did you mean ${alike.join(" or ")}?`
      : `The sources given are ${Object.keys(sources).join(", ")}; built in are ${builtInPaths.join(", ")}.`;
  return `The import ${path} is not among the sources. ${hint}`;
}

const pathShape = /^[A-Za-z0-9_@][\w@.+ -]*(?:\/[A-Za-z0-9_@][\w@.+ -]*)*\.sol$/;

/** @returns why the sources are not taken, or null */
export function refuseSources(sources: Sources): string | null {
  const paths = Object.keys(sources);
  const { filesMax, fileBytesMax, sourceBytesMax, pathLengthMax } = compilerLimits;
  if (paths.length === 0) return "There is no source to compile.";
  if (paths.length > filesMax) return `${paths.length} files are more than ${filesMax}.`;
  let total = 0;
  for (const path of paths) {
    if (path.length > pathLengthMax || !pathShape.test(path)) {
      return `${JSON.stringify(path.slice(0, 80))} is not a path such as contracts/Token.sol.`;
    }
    const bytes = new TextEncoder().encode(sources[path]).length;
    if (bytes > fileBytesMax) return `${path} has ${bytes} bytes, more than ${fileBytesMax}.`;
    total += bytes;
  }
  if (total > sourceBytesMax)
    return `The sources have ${total} bytes, more than ${sourceBytesMax}.`;
  return null;
}
