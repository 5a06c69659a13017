/** `npm start`: builds what is stale, then opens the desktop window or runs headless. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BuildError, buildIfStale } from "./launch/build.ts";
import { findWindowHost, runElectron } from "./launch/electron.ts";
import { useFewArenas } from "./few-arenas.ts";
import { helpText, type Options, OptionsError, parseOptions } from "./options.ts";

const nodeMajorMin = 24;
const root = join(import.meta.dirname, "..");

async function launch(argv: readonly string[]): Promise<void> {
  if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
    fail(
      `This needs Node ${nodeMajorMin} and runs under ${process.version}: start it with npm, which brings the right one.`,
      1,
    );
    return;
  }
  // Before anything is said or done, which would come twice.
  useFewArenas();
  const options = readOptions(argv);
  if (options === undefined) return;
  if (options.help) {
    console.log(helpText());
    return;
  }
  try {
    await buildIfStale(root, () => console.log("Building..."));
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    fail(error.message, 1);
    return;
  }
  await run(options, argv);
}

async function run(options: Options, argv: readonly string[]): Promise<void> {
  if (!options.headless) {
    const host = findWindowHost(root);
    if (host.electron !== undefined) {
      process.exitCode = await runElectron(host.electron, root, argv);
      return;
    }
    console.log(`Running without a window: ${host.reason}.`);
  }
  // It reads process.argv by itself, which still holds the same flags.
  await import(pathToFileURL(join(root, "out/main/headless.js")).href);
}

function readOptions(argv: readonly string[]): Options | undefined {
  try {
    return parseOptions(argv, process.env);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    fail(error.message, 2);
    return undefined;
  }
}

function fail(sentence: string, exitCode: number): void {
  console.error(sentence);
  process.exitCode = exitCode;
}

await launch(process.argv.slice(2));
