/** Tables as comma-separated values that are safe to open in a spreadsheet. */

/** What spreadsheets take for the start of a formula (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r]/;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** RFC 4180 with CRLF; a text that a spreadsheet would compute is kept from it by an apostrophe. */
export function csvOf(
  names: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  const lines = [names.map(csvCell).join(",")];
  for (const row of rows) lines.push(row.map(csvCell).join(","));
  return `${lines.join("\r\n")}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const safe = formula.test(text) && !number.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
