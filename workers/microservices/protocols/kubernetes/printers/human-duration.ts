/** Ages as kubectl shows them: k8s.io/apimachinery pkg/util/duration, HumanDuration. */

const second = 1;
const minute = 60;
const hour = 3_600;
const day = 86_400;
const year = 31_536_000;

/** @param seconds a length of time; fractions are cut off, as Go's conversion to int does */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < -1) return "<invalid>";
  if (whole < 0) return "0s";
  const part = (unit: number, modulo: number): number => Math.trunc(whole / unit) % modulo;
  const minutes = Math.trunc(whole / minute);
  const hours = Math.trunc(whole / hour);
  const days = Math.trunc(whole / day);
  const two = (major: string, rest: number, unit: string): string =>
    rest === 0 ? major : `${major}${rest}${unit}`;
  if (whole < 2 * minute) return `${whole}s`;
  if (minutes < 10) return two(`${minutes}m`, part(second, 60), "s");
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return two(`${hours}h`, part(minute, 60), "m");
  if (hours < 48) return `${hours}h`;
  if (days < 8) return two(`${days}d`, part(hour, 24), "h");
  if (days < 365 * 2) return `${days}d`;
  const years = Math.trunc(whole / year);
  if (days < 365 * 8) return two(`${years}y`, days % 365, "d");
  return `${years}y`;
}

/** How long ago an RFC 3339 time was; "<unknown>" without one. */
export function ageOf(time: string | null | undefined, nowMs: number): string {
  if (time === undefined || time === null || time === "") return "<unknown>";
  const at = Date.parse(time);
  return Number.isNaN(at) ? "<unknown>" : humanDuration((nowMs - at) / 1_000);
}
