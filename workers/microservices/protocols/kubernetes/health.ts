/** /healthz, /readyz and /livez, with the list that kubectl get --raw '/readyz?verbose' shows. */
import type { Answer } from "./answer.ts";

/** Parts of this server that answer as long as it does. */
const parts = ["ping", "log", "store"];

export function healthAnswer(name: string, query: URLSearchParams): Answer {
  const type = "text/plain; charset=utf-8";
  if (!query.has("verbose")) return { status: 200, type, text: "ok" };
  const excluded = query.getAll("exclude");
  const lines = parts.map((part) =>
    excluded.includes(part) ? `[+]${part} excluded: ok` : `[+]${part} ok`,
  );
  return { status: 200, type, text: `${lines.join("\n")}\n${name} check passed\n` };
}
