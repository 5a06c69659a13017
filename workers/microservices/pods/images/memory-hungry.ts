/** Takes more and more memory, until its limit ends it. */
import {
  healthy,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

const bytesPerMebibyte = 1024 * 1024;

export const memoryHungry: Image = {
  ...serverDefaults,
  name: "memory-hungry",
  summary: "Takes more and more memory until it is ended as out of memory",
  executable: "memory-hungry",
  environment: [
    { name: "MIB_PER_SECOND", summary: "Growth, at most 64", fallback: "4" },
    { name: "MAX_MIB", summary: "Stops growing here; 0: never", fallback: "0" },
  ],
  start: startMemoryHungry,
};

function startMemoryHungry(context: ProgramContext): Program {
  const { spec, environment, log, after, holdMemory, signal } = context;
  const rate = numberOf(environment, "MIB_PER_SECOND", 4, 0.1, 64);
  const maxMebibytes = numberOf(environment, "MAX_MIB", 0, 0, 1_024);
  const held: Buffer[] = [];
  signal.addEventListener("abort", () => (held.length = 0), { once: true });
  const grow = () => {
    if (maxMebibytes > 0 && held.length >= maxMebibytes) return;
    // The account comes first, so that what is too much is never taken.
    holdMemory((held.length + 1) * bytesPerMebibyte);
    if (signal.aborted) return;
    held.push(Buffer.alloc(bytesPerMebibyte, held.length & 255));
    if (held.length % 16 === 0) log(`holding ${held.length} MiB`);
    after(1_000 / rate, grow);
  };
  log(`growing by ${rate} MiB a second`);
  after(1_000 / rate, grow);
  return healthy((request, response) => {
    request.resume();
    sendJson(response, 200, { pod: spec.podName, heldMebibytes: held.length });
  });
}
