/** The devices' part of the API. */
import { implement } from "@orpc/server";
import { devicesContract } from "../contract-devices.ts";
import type { MachineDevices } from "../devices/devices.ts";

export function devicesRouter(devices: MachineDevices) {
  const os = implement(devicesContract);
  return os.router({
    get: os.get.handler(() => devices.view()),
    measure: os.measure.handler(() => devices.measureAgain()),
    run: os.run.handler(({ input, signal }) => devices.run(input, signal)),
  });
}
