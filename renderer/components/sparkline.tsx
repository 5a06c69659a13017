const width = 72;
const height = 24;
/** More points than pixels cannot be seen. */
const pointsMax = 60;

/** The trend beside a figure: decoration for the eye, the chart it links to has the values. */
export function Sparkline({ values }: { readonly values: readonly (number | null)[] }) {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      fill="none"
      stroke="var(--accent)"
      strokeWidth="1.25"
      aria-hidden="true"
      style={{ flexShrink: 0 }}
    >
      <path d={sparklinePath(values.slice(-pointsMax))} />
    </svg>
  );
}

/** An SVG path from zero or the least value up, broken where values are missing. */
export function sparklinePath(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(0, ...known);
  const high = Math.max(...known, low + Number.EPSILON);
  let path = "";
  let pen = "M";
  for (const [index, value] of values.entries()) {
    if (value === null) {
      pen = "M";
      continue;
    }
    const x = (index / Math.max(1, values.length - 1)) * width;
    const y = height - 1 - ((value - low) / (high - low)) * (height - 2);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = "L";
  }
  return path;
}
