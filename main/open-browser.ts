/** Opens an address in the person's browser, as far as the system has a way to. */
import { spawn } from "node:child_process";

const openers: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

export function openBrowser(url: string): void {
  const opener = openers[process.platform];
  if (opener === undefined) {
    console.error(`No way to open a browser on ${process.platform}; open ${url} yourself.`);
    return;
  }
  const [command, ...args] = opener;
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.once("error", () => {
    console.error(`${command} is not installed; open ${url} yourself.`);
  });
  child.unref();
}
