/** The platform without a window, in plain Node. */
import { useFewArenas } from "./few-arenas.ts";
import { helpText, OptionsError, parseOptions, type Options } from "./options.ts";
import { openBrowser } from "./open-browser.ts";
import { startPlatform, StartupError, type Platform } from "./platform.ts";
import { readyTable } from "./ready-table.ts";

useFewArenas();
await run();

async function run(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  let platform: Platform | undefined;
  let stopping = false;
  const stop = () => {
    // Ctrl-C in a terminal reaches the process twice: from the terminal and from npm.
    if (stopping) return;
    stopping = true;
    void (platform?.stop() ?? Promise.resolve()).then(() => process.exit(0));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);

  try {
    platform = await startPlatform(options, "headless");
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
  console.log(readyTable(platform));
  const entrance = platform.entrance("gateway") ?? platform.entrance(options.only[0] ?? "gateway");
  if (options.open && entrance !== null) openBrowser(entrance);
}

/** @returns undefined when there is nothing more to do, with the exit code set. */
function readOptions(): Options | undefined {
  try {
    const options = parseOptions(process.argv.slice(2), process.env);
    if (!options.help) return options;
    console.log(helpText());
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
  return undefined;
}
