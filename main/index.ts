/** The Electron entry. What Electron wants to know before it is ready is said synchronously. */
import { homedir } from "node:os";
import { join } from "node:path";
import { app, dialog } from "electron";
import { registerAppScheme } from "./desktop/app-protocol.ts";
import { registerDeepLinkScheme } from "./desktop/deep-link.ts";
import { type Desktop, openDesktop } from "./desktop/desktop.ts";
import { readLaunchArguments } from "./desktop/launch-arguments.ts";
import { profileFolder } from "./desktop/profile.ts";
import { quitCleanly } from "./desktop/quit.ts";
import { limitPages } from "./desktop/security.ts";
import { claimSingleInstance } from "./desktop/single-instance.ts";
import { helpText, type Options, OptionsError, parseOptions } from "./options.ts";
import { type Platform, startPlatform, StartupError } from "./platform.ts";

const outFolder = join(import.meta.dirname, "..");

function start(): void {
  const { flags, deepLink } = readLaunchArguments(process.argv, app.isPackaged);
  let options: Options;
  try {
    options = parseOptions(flags, process.env);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    fail("This cannot be started so", error.message, 2);
    return;
  }
  if (options.help) {
    console.log(helpText());
    app.exit(0);
    return;
  }
  app.setPath("userData", profileFolder(options, process.env, homedir()));
  app.enableSandbox();
  registerAppScheme();
  registerDeepLinkScheme(app.getAppPath());
  limitPages();
  run(options, deepLink);
}

function run(options: Options, deepLink: string | undefined): void {
  let platform: Promise<Platform> | undefined;
  let desktop: Desktop | undefined;
  let requestedLink = deepLink;

  const isFirst = claimSingleInstance((link) => {
    if (desktop === undefined) requestedLink = link ?? requestedLink;
    else desktop.show(link);
  });
  if (!isFirst) {
    console.log("Already running; its window comes to the front.");
    app.exit(0);
    return;
  }
  quitCleanly(async () => {
    desktop?.dispose();
    await (await platform)?.stop();
  });
  // Not awaited at the top level: Electron is not ready before this module has been evaluated.
  app
    .whenReady()
    .then(async () => {
      platform = startPlatform(options, "electron");
      desktop = openDesktop(await platform, outFolder, requestedLink);
    })
    .catch((error: unknown) => {
      if (error instanceof StartupError) fail("The platform could not start", error.message, 1);
      else fail("The application failed", describe(error), 1);
    });
}

function fail(title: string, sentence: string, exitCode: number): void {
  console.error(sentence);
  dialog.showErrorBox(title, sentence);
  app.exit(exitCode);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

start();
