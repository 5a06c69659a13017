import { Link, useRouterState } from "@tanstack/react-router";
import { useId } from "react";
import { StatusMark } from "../components/status-mark.tsx";
import { type Health, platformHealth, threadHealth } from "../data/health.ts";
import { useLive, useSession } from "../data/hooks.ts";
import { changePreferences, usePreferences } from "../data/preferences.ts";
import { servingSubsystem } from "../data/subsystem.ts";
import icon from "./icon.svg";
import { type Page, pageAt, pages } from "./pages.ts";
import classes from "./shell.module.css";

const groups = [...new Set(pages.map(({ group }) => group))];

export function Rail() {
  const current = useRouterState({ select: ({ location }) => pageAt(location.pathname) });
  const { foldedGroups } = usePreferences();
  return (
    <nav className={classes.rail} aria-label="Main">
      <div className={classes.brand}>
        <img src={icon} alt="" width={20} height={20} />
        <span>@DEMO control center</span>
      </div>
      {groups.map((group) => (
        <Group
          key={group}
          group={group}
          current={current?.path}
          // Where one is must be seen.
          isFolded={foldedGroups.includes(group) && group !== current?.group}
          fold={(isFolded) =>
            changePreferences({
              foldedGroups: isFolded
                ? [...foldedGroups, group]
                : foldedGroups.filter((each) => each !== group),
            })
          }
        />
      ))}
    </nav>
  );
}

interface GroupProps {
  readonly group: string;
  readonly current: string | undefined;
  readonly isFolded: boolean;
  readonly fold: (isFolded: boolean) => void;
}

function Group({ group, current, isFolded, fold }: GroupProps) {
  const id = useId();
  const members = pages.filter((page) => page.group === group);
  const [first] = members;
  return (
    <section aria-label={group}>
      <h2 className={classes.railGroup}>
        <button
          type="button"
          aria-expanded={!isFolded}
          aria-controls={isFolded ? undefined : id}
          onClick={() => fold(!isFolded)}
        >
          <span>
            {group}
            {isFolded && <span className={classes.railCount}> {members.length}</span>}
          </span>
          {isFolded && first ? <PageMark page={first} /> : null}
        </button>
      </h2>
      {!isFolded && (
        <ul className={classes.railList} id={id}>
          {members.map((page) => (
            <li key={page.path}>
              <Link
                to={page.path}
                className={classes.railLink}
                activeOptions={{ exact: true, includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
                {...(page.path === current && { "aria-current": "page" })}
              >
                <span>{page.title}</span>
                <PageMark page={page} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function PageMark({ page }: { readonly page: Page }) {
  const health = usePageHealth(page);
  return health === null ? null : <StatusMark health={health.health} word={health.word} hideWord />;
}

function usePageHealth(page: Page): { readonly health: Health; readonly word: string } | null {
  const { state, freshness } = useLive();
  const session = useSession();
  if (page.health === null) return null;
  if (state === null || freshness === "offline") return { health: "unknown", word: "unknown" };
  if (page.health === "all") return platformHealth(state);
  const serving = session.phase === "signed-in" ? session.subsystem : servingSubsystem;
  const id = page.health === "serving" ? serving : page.health;
  const thread = state.threads.find((candidate) => candidate.id === id);
  return thread
    ? { health: threadHealth(thread.state), word: thread.state }
    : { health: "unknown", word: "not running here" };
}
