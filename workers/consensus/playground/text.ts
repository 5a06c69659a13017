/** Text that a custom algorithm decides, made safe to keep and to show. */
import { textLengthMax } from "./limits.ts";

export function clipped(text: string): string {
  return text.length <= textLengthMax ? text : `${text.slice(0, textLengthMax - 1)}…`;
}

export function reasonOf(error: unknown): string {
  return clipped(error instanceof Error ? error.message : String(error));
}
