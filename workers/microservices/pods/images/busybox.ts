/** No program of its own: runs what the container's command says in a small shell. */
import { startCommand } from "./command-program.ts";
import { type Image, serverDefaults } from "./image.ts";

export const busybox: Image = {
  ...serverDefaults,
  name: "busybox",
  aliases: ["alpine"],
  tags: null,
  summary:
    "Runs its command in a small shell: sh -c, echo, cat, env, ls, sleep, date, wget, curl and more",
  executable: "sh",
  port: null,
  portIsSet: false,
  readiness: null,
  liveness: null,
  start: startCommand,
};
