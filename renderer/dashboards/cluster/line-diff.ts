/** Lines that went, came and stayed, with some that stayed around them. */
export interface DiffLine {
  readonly kind: "same" | "removed" | "added" | "gap";
  readonly text: string;
}

/** Beyond so many lines in the middle, the whole middle counts as replaced. */
const middleMax = 2_000;

/** The longest common subsequence of lines, after what both texts begin and end with. */
export function diffLines(before: string, after: string, context = 3): DiffLine[] {
  const left = linesOf(before);
  const right = linesOf(after);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  ) {
    end += 1;
  }
  const middle = middleOf(
    left.slice(start, left.length - end),
    right.slice(start, right.length - end),
  );
  const same = (text: string): DiffLine => ({ kind: "same", text });
  const all = [
    ...left.slice(0, start).map(same),
    ...middle,
    ...left.slice(left.length - end).map(same),
  ];
  return folded(all, context);
}

const linesOf = (text: string): string[] =>
  text === "" ? [] : text.replace(/\n$/, "").split("\n");

function middleOf(left: readonly string[], right: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: "removed", text });
  const added = (text: string): DiffLine => ({ kind: "added", text });
  if (left.length > middleMax || right.length > middleMax) {
    return [...left.map(removed), ...right.map(added)];
  }
  const width = right.length + 1;
  const longest = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        left[i] === right[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: "same", text: left[i]! });
      i += 1;
      j += 1;
    } else if (
      j >= right.length ||
      (i < left.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    ) {
      lines.push(removed(left[i]!));
      i += 1;
    } else {
      lines.push(added(right[j]!));
      j += 1;
    }
  }
  return lines;
}

function folded(lines: readonly DiffLine[], context: number): DiffLine[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === "same") continue;
    for (let at = index - context; at <= index + context; at++) near.add(at);
  }
  const kept: DiffLine[] = [];
  let hidden = 0;
  for (const [index, line] of lines.entries()) {
    if (!near.has(index)) {
      hidden += 1;
      continue;
    }
    if (hidden > 0) kept.push(gap(hidden));
    hidden = 0;
    kept.push(line);
  }
  if (hidden > 0 && kept.length > 0) kept.push(gap(hidden));
  return kept;
}

const gap = (count: number): DiffLine => ({
  kind: "gap",
  text: `${count} ${count === 1 ? "line" : "lines"} the same`,
});
