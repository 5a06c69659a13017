/**
 * Filters as text: bare words are looked for anywhere in a row, `column:text` in one column, and
 * `column>number`, `>=`, `<`, `<=`, `=` compare. All terms must hold.
 */
export type CellValue = string | number | null;

export interface FilterColumn<Row> {
  readonly id: string;
  readonly value: (row: Row) => CellValue;
}

interface Term {
  readonly column: string | null;
  readonly operator: ":" | ">" | ">=" | "<" | "<=" | "=";
  readonly operand: string;
}

const termPattern = /^([\w-]+)(:|>=|<=|>|<|=)(.+)$/;

export function parseFilter(text: string, columnIds: readonly string[]): Term[] {
  const words = text.match(/[^\s"]*"[^"]*"|\S+/g) ?? [];
  return words.map((word) => {
    const [, name, operator, operand] = termPattern.exec(word) ?? [];
    const column = columnIds.find((id) => id.toLowerCase() === name?.toLowerCase());
    if (column !== undefined && operand !== undefined && isOperator(operator)) {
      return { column, operator, operand: unquote(operand).toLowerCase() };
    }
    return { column: null, operator: ":", operand: unquote(word).toLowerCase() };
  });
}

export function filterRows<Row>(
  rows: readonly Row[],
  columns: readonly FilterColumn<Row>[],
  text: string,
): readonly Row[] {
  const terms = parseFilter(
    text,
    columns.map(({ id }) => id),
  );
  if (terms.length === 0) return rows;
  return rows.filter((row) => terms.every((term) => holds(row, columns, term)));
}

function holds<Row>(row: Row, columns: readonly FilterColumn<Row>[], term: Term): boolean {
  const { operator, operand } = term;
  const searched = term.column === null ? columns : columns.filter(({ id }) => id === term.column);
  return searched.some((column) => {
    const value = column.value(row);
    if (value === null) return false;
    if (operator === ":") return String(value).toLowerCase().includes(operand);
    const limit = Number(operand);
    if (operator === "=" && (typeof value === "string" || Number.isNaN(limit))) {
      return String(value).toLowerCase() === operand;
    }
    return compare(Number(value), operator, limit);
  });
}

function compare(value: number, operator: Term["operator"], limit: number): boolean {
  switch (operator) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    default:
      return value === limit;
  }
}

function isOperator(text: string | undefined): text is Term["operator"] {
  return text !== undefined && [":", ">", ">=", "<", "<=", "="].includes(text);
}

function unquote(text: string): string {
  return text.replaceAll('"', "");
}
