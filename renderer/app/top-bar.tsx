import { ActionIcon, Button, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { Link, useRouterState } from "@tanstack/react-router";
import { Icon } from "../components/icon.tsx";
import { Keys } from "./keys.tsx";
import { formatAge } from "../components/format.ts";
import { useLive, useNow } from "../data/hooks.ts";
import { setPaused } from "../data/live.ts";
import { pageAt } from "./pages.ts";
import classes from "./shell.module.css";

interface TopBarProps {
  readonly onSearch: () => void;
  readonly onShortcuts: () => void;
}

export function TopBar({ onSearch, onShortcuts }: TopBarProps) {
  return (
    <section className={classes.topBar} aria-label="Tools">
      <Breadcrumb />
      <div className={classes.topTools}>
        <Freshness />
        <Button
          variant="default"
          onClick={onSearch}
          leftSection={<Icon name="search" />}
          rightSection={<Keys keys="mod+k" />}
          aria-keyshortcuts="Control+K Meta+K"
        >
          Search
        </Button>
        <Tooltip label="Keyboard shortcuts">
          <ActionIcon aria-label="Keyboard shortcuts" onClick={onShortcuts} aria-keyshortcuts="?">
            <Icon name="keyboard" />
          </ActionIcon>
        </Tooltip>
        <ThemeMenu />
      </div>
    </section>
  );
}

function Breadcrumb() {
  const { pathname, search } = useRouterState({ select: (state) => state.location });
  const page = pageAt(pathname);
  const detail = "thread" in search ? search.thread : "op" in search ? search.op : undefined;
  return (
    <nav aria-label="Breadcrumb" className={classes.breadcrumb}>
      <ol>
        {page && <li className="soft">{page.group}</li>}
        <li aria-current={detail === undefined ? "page" : undefined}>
          {page && detail !== undefined ? (
            <Link to={page.path} search={{}}>
              {page.title}
            </Link>
          ) : (
            (page?.title ?? "Page not found")
          )}
        </li>
        {detail !== undefined && (
          <li aria-current="page" className="mono">
            {detail}
          </li>
        )}
      </ol>
    </nav>
  );
}

/** How old the data on screen are, and the switch that holds them still. */
function Freshness() {
  const { freshness, state, receivedAt, paused } = useLive();
  const now = useNow();
  // The clocks of server and browser may differ; a paused view is as old as its newest reading.
  const shownAt = paused && state ? state.at : receivedAt;
  const age = shownAt === null ? null : formatAge(Math.max(0, now - shownAt));
  const words = paused
    ? `Paused${age === null ? "" : `, data ${age} old`}`
    : {
        connecting: "Connecting",
        live: "Live",
        stale: `Stale, data ${age ?? "of unknown age"} old`,
        offline: `Offline, data ${age ?? "of unknown age"} old`,
      }[freshness];
  return (
    <div className={classes.freshness} data-freshness={paused ? "paused" : freshness}>
      <span role="status" aria-live="off" aria-label="Age of data">
        {words}
      </span>
      <Tooltip label={paused ? "Resume live updates (P)" : "Pause live updates (P)"}>
        <ActionIcon
          aria-label={paused ? "Resume live updates" : "Pause live updates"}
          aria-pressed={paused}
          onClick={() => setPaused(!paused)}
        >
          <Icon name={paused ? "play" : "pause"} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

const themes = [
  ["dark", "Dark"],
  ["light", "Light"],
  ["auto", "As the system"],
] as const;

function ThemeMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" width={160}>
      <Menu.Target>
        <ActionIcon aria-label="Theme">
          <Icon name="theme" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {themes.map(([value, title]) => (
          <Menu.Item
            key={value}
            onClick={() => setColorScheme(value)}
            leftSection={<Icon name={colorScheme === value ? "check" : "blank"} />}
            aria-current={colorScheme === value ? "true" : undefined}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
