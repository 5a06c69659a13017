/** The thread in which backends are measured and kernels that somebody wrote are run. */
import { KernelProblem } from "../../compute/devices/kernel-source.ts";
import { measureBackend, type Measurement, measuredTasks } from "../../compute/devices/measure.ts";
import { openBackend } from "../../compute/devices/open-backend.ts";
import { runUserKernel, UserKernelProblem } from "../../compute/devices/user-kernel.ts";
import { serveJobs } from "../../service/job-protocol.ts";
import type { DeviceOrder, DeviceOutcome } from "./device-orders.ts";

const now = () => performance.now();

serveJobs<DeviceOrder, DeviceOutcome, Measurement>((order, report) =>
  order.kind === "measure" ? measure(order.backend, report) : compute(order.kernel),
);

async function measure(
  name: string,
  report: (measurement: Measurement) => void,
): Promise<DeviceOutcome> {
  let backend;
  try {
    backend = await openBackend(name);
  } catch (error) {
    return { kind: "missing", reason: error instanceof Error ? error.message : String(error) };
  }
  const measurements = await measureBackend(backend, measuredTasks, { now, report });
  await backend.close();
  return { kind: "measured", device: backend.device, measurements };
}

async function compute(
  kernel: Extract<DeviceOrder, { kind: "kernel" }>["kernel"],
): Promise<DeviceOutcome> {
  try {
    return { kind: "computed", result: await runUserKernel(kernel, now) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const isOurs = error instanceof KernelProblem || error instanceof UserKernelProblem;
    return { kind: "refused", reason: isOurs ? reason : `GPU.js: ${reason}` };
  }
}
