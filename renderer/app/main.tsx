import "../data/zod-setup.ts";
import "./fonts.css";
import "./mantine-styles.ts";
import "./theme.css";
import { createRoot } from "react-dom/client";
import { startLive, setPaused } from "../data/live.ts";
import { sessionStore, startSession } from "../data/session.ts";
import { entryRedirect, servingSubsystem } from "../data/subsystem.ts";
import { readPreferences } from "../data/preferences.ts";
import { App } from "./providers.tsx";

const redirect = entryRedirect(location.pathname, location.search, servingSubsystem);
if (redirect !== null) history.replaceState(null, "", redirect + location.hash);

const root = document.querySelector("#root");
if (root === null) throw new Error("index.html has no element #root");

if (readPreferences().startPaused) setPaused(true);
followSession();
void startSession();
createRoot(root).render(<App />);

/** The stream runs while someone is signed in, or while the server has still to be found. */
function followSession(): void {
  let stop: (() => void) | null = null;
  sessionStore.subscribe(() => {
    const { phase } = sessionStore.get();
    const wanted = phase === "signed-in" || phase === "unreachable";
    if (wanted && stop === null) stop = startLive();
    if (!wanted && stop !== null) {
      stop();
      stop = null;
    }
  });
}
