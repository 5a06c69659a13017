/** Sources that can be imported without being given. */
import { consolePaths, consoleSource } from "./console-source.ts";
import { testPath, testSource } from "./test-source.ts";

export const builtInPaths: readonly string[] = [...consolePaths, testPath];

export function builtInSource(path: string): string {
  return path === testPath ? testSource : consoleSource();
}
