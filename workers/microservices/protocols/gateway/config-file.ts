/** The gateway's configuration in the data folder, so that a restart has the routes of before. */
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { writeSafely } from "../../../service/safe-file.ts";
import { type GatewayConfig, parseGatewayConfig } from "../../contract.ts";
import { checkConfig } from "../../core/routing/check-config.ts";

export interface GatewayConfigStore {
  /** Null: none was kept. */
  read(): GatewayConfig | null;
  write(config: GatewayConfig): void;
}

/**
 * @param notice told when the file was damaged and moved aside
 * @throws what the file system throws, except that there is no file yet
 */
export function gatewayConfigFile(
  home: string,
  now: () => number,
  notice: (message: string) => void,
): GatewayConfigStore {
  const path = join(home, "gateway-config.json");
  return {
    read() {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
      const config = parse(text);
      if (config !== null) return config;
      const aside = `${path}.damaged-${now()}`;
      renameSync(path, aside);
      notice(`The gateway's configuration was damaged; it is in ${aside} now.`);
      return null;
    },
    write: (config) => writeSafely(path, JSON.stringify(config)),
  };
}

function parse(text: string): GatewayConfig | null {
  try {
    const config = parseGatewayConfig(JSON.parse(text));
    return checkConfig(config, new Set()).errors.length === 0 ? config : null;
  } catch {
    // Not JSON, or of another form: a damaged file to the caller.
    return null;
  }
}
