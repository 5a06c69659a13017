/** Values pasted by hand or from a CSV file: one line of numbers, or the last column of a table. */
export type Parsed =
  | { readonly values: readonly number[]; readonly note: string }
  | { readonly error: string };

export function parseValues(text: string): Parsed {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ cells: cellsOf(line), number: index + 1 }))
    .filter(({ cells }) => cells.length > 0);
  const first = lines[0];
  if (first === undefined) return { error: "Paste numbers, or a CSV column." };
  if (lines.length === 1) {
    return read(
      first.cells.map((cell) => ({ cell, line: first.number })),
      "one line",
    );
  }
  const headed = toNumber(first.cells.at(-1) ?? "") === null;
  const body = headed ? lines.slice(1) : lines;
  const wide = body.some(({ cells }) => cells.length > 1);
  const name = headed ? `column “${first.cells.at(-1)}”` : wide ? "the last column" : "one a line";
  return read(
    body.map(({ cells, number }) => ({ cell: cells.at(-1) ?? "", line: number })),
    name,
  );
}

function read(cells: readonly { cell: string; line: number }[], from: string): Parsed {
  const values: number[] = [];
  for (const { cell, line } of cells) {
    const value = toNumber(cell);
    if (value === null) return { error: `Line ${line}: “${cell.slice(0, 40)}” is not a number.` };
    values.push(value);
  }
  return { values, note: `${values.length} values from ${from}` };
}

function cellsOf(line: string): string[] {
  const trimmed = line.trim();
  if (trimmed === "") return [];
  const separator = [";", "\t", ","].find((each) => trimmed.includes(each)) ?? /\s+/;
  return trimmed.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
}

function toNumber(cell: string): number | null {
  const value = cell === "" ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
}
