/** Parts of the interface that load when they are needed, also while the server restarts. */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";

const attemptsMax = 6;
const firstPauseMs = 300;

/** As React's `lazy`, and a part that could not be fetched is fetched again. */
export function lazily<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(retrying(load));
}

/** Tries again with growing pauses; the last failure is the caller's. */
export function retrying<Result>(load: () => Promise<Result>): () => Promise<Result> {
  return async () => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await load();
      } catch (error) {
        if (attempt >= attemptsMax) throw error;
        await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** (attempt - 1)));
        await reloadBrokenStyles();
      }
    }
  };
}

/** The loader asks for each style sheet once, so one that failed has to be asked for here. */
async function reloadBrokenStyles(): Promise<void> {
  const links = document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]');
  const broken = [...links].filter(({ sheet }) => sheet === null);
  await Promise.all(
    broken.map((link) => {
      const fresh = link.cloneNode() as HTMLLinkElement;
      return new Promise<void>((resolve) => {
        fresh.addEventListener("load", () => resolve());
        fresh.addEventListener("error", () => resolve());
        link.replaceWith(fresh);
      });
    }),
  );
}
