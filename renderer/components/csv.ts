export type CsvValue = string | number | boolean | null;

/** RFC 4180: comma, CRLF, quotes where needed. Texts that a spreadsheet would run are defused. */
export function toCsv(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}

function csvField(value: CsvValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const safe = defuse(value);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Spreadsheets evaluate cells that begin with one of these characters (OWASP, CSV injection);
 * a leading apostrophe makes them text.
 */
function defuse(value: string): string {
  return /^\s*[=+\-@\t\r|%\uFF1D\uFF0B\uFF0D\uFF20]/u.test(value) ? `'${value}` : value;
}
