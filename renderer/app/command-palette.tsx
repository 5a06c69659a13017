import "@mantine/spotlight/styles.layer.css";
import { Spotlight, spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import { useEffect } from "react";
import { Keys } from "./keys.tsx";
import { type Command, useCommandList } from "./commands.ts";

/** Loaded at first use; each change of `opened` asks to open or close it. */
export default function CommandPalette({ opened }: { readonly opened: number }) {
  const commands = useCommandList();
  useEffect(() => {
    if (opened > 0) spotlight.toggle();
  }, [opened]);
  return (
    <Spotlight
      actions={groupCommands(commands)}
      shortcut={null}
      nothingFound="No command matches. Try a page, a thread or a path of the API."
      searchProps={{
        placeholder: "Search pages, threads, endpoints, actions",
        "aria-label": "Search commands",
      }}
      title="Command palette"
      // The field says it to the eye; the title names the dialog to screen readers.
      classNames={{ header: "visually-hidden" }}
      overlayProps={{ backgroundOpacity: 0.35 }}
      scrollable
      maxHeight={420}
      limit={40}
    />
  );
}

function groupCommands(commands: readonly Command[]): SpotlightActionGroupData[] {
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    const group = groups.get(command.group);
    if (group) group.push(command);
    else groups.set(command.group, [command]);
  }
  return [...groups].map(([group, members]) => ({
    group,
    actions: members.map(({ id, title, keys, keywords, run }) => ({
      id,
      label: title,
      keywords: `${group} ${keywords ?? ""}`,
      onClick: run,
      ...(keys?.[0] === undefined ? {} : { rightSection: <Keys keys={keys[0]} /> }),
    })),
  }));
}
