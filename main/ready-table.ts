/** The table that is printed once all threads are ready. */
import type { Platform } from "./platform.ts";

export function readyTable(platform: Platform): string {
  const { threads, readyAfterMs, home } = platform.state();
  const rows = [
    ["THREAD", "PORT", "ADDRESS"],
    ...threads.map(({ id, title, port }) => [
      title,
      port === null ? "-" : String(port),
      platform.entrance(id) ?? "through every other port",
    ]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const where = home === null ? "kept in memory" : `kept in ${home}`;
  return [
    ...lines,
    "",
    `Ready after ${((readyAfterMs ?? 0) / 1_000).toFixed(2)} s; data ${where}. Ctrl-C stops.`,
  ].join("\n");
}
