import { useNow } from "../data/hooks.ts";
import { usePreferences } from "../data/preferences.ts";
import { formatAge, formatDateTime } from "./format.ts";

/** How long ago, with the full time behind it. */
export function RelativeAge({ at }: { readonly at: number }) {
  const now = useNow();
  const { timeFormat } = usePreferences();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatDateTime(at, timeFormat)}>
      {formatAge(Math.max(0, now - at))} ago
    </time>
  );
}
