/** What was measured on this machine before, in a file that another machine or version does not believe. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeSafely } from "../../service/safe-file.ts";
import { type Measured, measuredSchema } from "../contract-devices.ts";
import { rememberedBytesMax } from "./devices-limits.ts";

const fileName = "measured-devices.json";
const fileSchema = z.object({ machine: z.string(), measured: measuredSchema });

/**
 * @param home null: nothing is kept
 * @param machine what the measurement has to be of
 * @returns null where there is none that counts; a file that cannot be read is measured over
 */
export function readRemembered(home: string | null, machine: string): Measured | null {
  if (home === null) return null;
  const path = join(home, fileName);
  if (!existsSync(path) || statSync(path).size > rememberedBytesMax) return null;
  const kept = fileSchema.safeParse(parsed(readFileSync(path, "utf8")));
  return kept.success && kept.data.machine === machine ? kept.data.measured : null;
}

export function remember(home: string | null, machine: string, measured: Measured): void {
  if (home === null) return;
  writeSafely(join(home, fileName), JSON.stringify({ machine, measured }));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
