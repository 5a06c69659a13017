/** A job as a stream: its newest progress at each pull, so that a slow reader skips some, then its output. */

export type JobEvent<Output, Progress> =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "done"; readonly output: Output };

/**
 * `start` is handed a signal that is aborted when the reader goes away. The stream ends with the job's
 * error if it has one.
 */
export async function* streamJob<Output, Progress>(
  start: (onProgress: (progress: Progress) => void, signal: AbortSignal) => Promise<Output>,
  signal: AbortSignal | undefined,
): AsyncGenerator<JobEvent<Output, Progress>, void, void> {
  const reader = new AbortController();
  const signals = signal === undefined ? [reader.signal] : [reader.signal, signal];
  const news: { progress?: Progress; wake?: () => void } = {};
  const done = start((progress) => {
    news.progress = progress;
    news.wake?.();
  }, AbortSignal.any(signals)).then((output) => ({ kind: "done", output }) as const);
  try {
    for (;;) {
      const more = new Promise<null>((resolve) => {
        news.wake = () => resolve(null);
        if (news.progress !== undefined) resolve(null);
      });
      const outcome = await Promise.race([done, more]);
      if (outcome !== null) return yield outcome;
      const { progress } = news;
      delete news.progress;
      if (progress !== undefined) yield { kind: "progress", progress };
    }
  } finally {
    // A reader that left no longer hears of an error either.
    done.catch(() => undefined);
    reader.abort();
  }
}
