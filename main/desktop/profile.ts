import { join } from "node:path";
import { defaultHome, type Options } from "../options.ts";

/**
 * The folder of Chromium's own data. The single-instance lock lives in it, so one data folder means
 * one instance; ephemeral ones, which have no data folder, are told apart by their ports. Always
 * inside folders of the user: whoever can write here could redirect the lock.
 */
export function profileFolder(
  options: Pick<Options, "ephemeral" | "home" | "portBase">,
  env: Readonly<Record<string, string | undefined>>,
  userFolder: string,
): string {
  return options.ephemeral
    ? join(
        defaultHome(process.platform, env, userFolder),
        "ephemeral",
        `desktop-${options.portBase}`,
      )
    : join(options.home, "desktop");
}
