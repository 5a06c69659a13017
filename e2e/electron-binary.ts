import { join } from "node:path";
import { findWindowHost, type WindowHost } from "../main/launch/electron.ts";

/** As `npm start` finds it, but root may test: the tests then turn Chromium's sandbox off. */
export function findElectronForTests(): WindowHost {
  return findWindowHost(join(import.meta.dirname, ".."), process.env, process.platform, undefined);
}
