import { Button, Tabs } from "@mantine/core";
import { CopyButton } from "../../components/copy-button.tsx";
import { SideDrawer } from "../../components/side-drawer.tsx";
import { useMay } from "../../data/hooks.ts";
import classes from "./cluster.module.css";
import { EventsTab } from "./events-tab.tsx";
import { LogsTab } from "./logs-tab.tsx";
import {
  type DrawerTab,
  drawerTabs,
  kindWord,
  kubectlLine,
  readReference,
  type Reference,
} from "./references.ts";
import { ShellTab } from "./shell-tab.tsx";
import { YamlTab } from "./yaml-tab.tsx";

interface ObjectDrawerProps {
  /** Of the address: which object, and what of it. */
  readonly open: string | undefined;
  readonly tab: DrawerTab | undefined;
  readonly onChange: (change: { open?: string | undefined; tab?: DrawerTab | undefined }) => void;
  readonly onDelete: (object: Reference) => void;
}

const titles: Record<DrawerTab, string> = {
  logs: "Logs",
  events: "Events",
  yaml: "YAML",
  shell: "Shell",
};

/** What can be read of one object and done to it, beside the list that it stands in. */
export function ObjectDrawer({ open, tab, onChange, onDelete }: ObjectDrawerProps) {
  const object = readReference(open);
  return (
    <SideDrawer
      wide
      title={object === null ? "" : `${kindWord(object.resource)} ${object.name}`}
      opened={object !== null}
      onClose={() => onChange({ open: undefined, tab: undefined })}
    >
      {object !== null && (
        <Content
          key={open}
          object={object}
          tab={tab}
          onTab={(next) => onChange({ tab: next })}
          onDelete={() => onDelete(object)}
        />
      )}
    </SideDrawer>
  );
}

function Content(props: {
  readonly object: Reference;
  readonly tab: DrawerTab | undefined;
  readonly onTab: (tab: DrawerTab) => void;
  readonly onDelete: () => void;
}) {
  const { object, tab, onTab, onDelete } = props;
  const mayAct = useMay("operator");
  const isPod = object.resource === "pods";
  const offered = drawerTabs.filter((each) => isPod || each === "events" || each === "yaml");
  const shown = tab !== undefined && offered.includes(tab) ? tab : offered[0]!;
  const verb = isPod ? "logs" : `get ${kindWord(object.resource)}`;
  return (
    <div className={classes.stack}>
      <div className={classes.row}>
        <span className="soft">
          {object.namespace === "" ? "cluster-wide" : `namespace ${object.namespace}`}
        </span>
        <span className={classes.end} />
        <CopyButton text={kubectlLine(verb, object)} name="Copy kubectl line" />
        <Button variant="default" disabled={!mayAct} onClick={onDelete}>
          Delete…
        </Button>
      </div>
      <Tabs
        value={shown}
        keepMounted={false}
        onChange={(value) => onTab((value ?? shown) as DrawerTab)}
      >
        <Tabs.List aria-label="Parts of the object">
          {offered.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {titles[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="logs" pt="sm">
          <LogsTab pod={object} />
        </Tabs.Panel>
        <Tabs.Panel value="events" pt="sm">
          <EventsTab object={object} />
        </Tabs.Panel>
        <Tabs.Panel value="yaml" pt="sm">
          <YamlTab object={object} />
        </Tabs.Panel>
        <Tabs.Panel value="shell" pt="sm">
          <ShellTab pod={object} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
