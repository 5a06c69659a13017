/** Numbers, sizes and times in words. A quantity keeps its unit apart, to be set in a lighter tone. */
export interface Quantity {
  readonly value: string;
  readonly unit: string;
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** About three significant digits, in units of 1,024. */
export function bytes(count: number): Quantity {
  let scaled = count;
  let step = 0;
  while (Math.abs(scaled) >= 1_000 && step < byteUnits.length - 1) {
    scaled /= 1_024;
    step += 1;
  }
  return { value: step === 0 ? String(scaled) : significant(scaled), unit: byteUnits[step] ?? "B" };
}

/** A span of time: microseconds to days, never more than two units. */
export function duration(milliseconds: number): Quantity {
  const ms = Math.abs(milliseconds);
  if (ms > 0 && ms < 1) return { value: significant(milliseconds * 1_000), unit: "µs" };
  if (ms < 1_000) return { value: significant(milliseconds), unit: "ms" };
  if (ms < 60_000) return { value: significant(milliseconds / 1_000), unit: "s" };
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 3_600) return pair(seconds, 60, "min", "s");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return pair(minutes, 60, "h", "min");
  return pair(Math.floor(minutes / 60), 24, "d", "h");
}

/** Thousands are grouped; fractions keep about three significant digits. */
export function number(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : significant(value);
}

/** A fraction of one as a percentage. */
export function percent(fraction: number): Quantity {
  const value = fraction * 100;
  return {
    value: value !== 0 && Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0),
    unit: "%",
  };
}

/** A probability, with enough digits to tell it from its neighbours. */
export function probability(value: number): string {
  if (value === 0 || value === 1) return String(value);
  return Math.abs(value) < 0.001 ? value.toExponential(2) : value.toFixed(4);
}

export function text({ value, unit }: Quantity): string {
  return unit === "" ? value : unit === "%" ? `${value} %` : `${value} ${unit}`;
}

/** The age of something, coarse: it changes once a second. */
export function formatAge(milliseconds: number): string {
  return milliseconds < 1_000
    ? "under 1 s"
    : text(duration(Math.floor(milliseconds / 1_000) * 1_000));
}

export type TimeFormat = "24-hour" | "12-hour" | "utc";

export function formatTime(at: number, format: TimeFormat): string {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: format === "12-hour",
    ...(format === "utc" ? { timeZone: "UTC" } : {}),
  }).format(at);
}

export function formatDateTime(at: number, format: TimeFormat): string {
  const day = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    ...(format === "utc" ? { timeZone: "UTC" } : {}),
  }).format(at);
  return `${day} ${formatTime(at, format)}${format === "utc" ? " UTC" : ""}`;
}

/** Long identifiers keep both ends. */
export function abbreviate(identifier: string, ends = 6): string {
  return identifier.length <= ends * 2 + 1
    ? identifier
    : `${identifier.slice(0, ends)}…${identifier.slice(-ends)}`;
}

function pair(count: number, size: number, large: string, small: string): Quantity {
  const rest = count % size;
  const whole = `${Math.floor(count / size)} ${large}`;
  return rest === 0
    ? { value: String(Math.floor(count / size)), unit: large }
    : { value: `${whole} ${rest}`, unit: small };
}

function significant(value: number): string {
  const size = Math.abs(value);
  const digits =
    size === 0 || size >= 100 || Number.isInteger(value)
      ? 0
      : size >= 10
        ? 1
        : size >= 0.01
          ? 2
          : 4;
  return value.toLocaleString("en-US", {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
  });
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
