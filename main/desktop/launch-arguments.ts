/** Splits what Electron was started with into our flags, a deep link and Chromium's own switches. */
import { deepLinkOf } from "./deep-link.ts";

/** Switches that Chromium or Node consume, as people and test drivers give them to Electron. */
const hostSwitch =
  /^--(no-sandbox|disable-gpu|disable-dev-shm-usage|enable-logging|force-device-scale-factor|inspect|inspect-brk|js-flags|lang|ozone-platform|ozone-platform-hint|remote-debugging-port|trace-warnings|user-data-dir)(=|$)/;

export interface LaunchArguments {
  readonly flags: readonly string[];
  readonly deepLink: string | undefined;
}

/** @param isPackaged unpackaged, the second argument is the application's folder. */
export function readLaunchArguments(argv: readonly string[], isPackaged: boolean): LaunchArguments {
  const given = argv.slice(isPackaged ? 1 : 2);
  const deepLink = deepLinkOf(given);
  return {
    flags: given.filter((argument) => argument !== deepLink && !hostSwitch.test(argument)),
    deepLink,
  };
}
