import { Modal } from "@mantine/core";
import { Keys } from "./keys.tsx";
import { useCommandList } from "./commands.ts";
import classes from "./shell.module.css";

export default function ShortcutSheet({ onClose }: { readonly onClose: () => void }) {
  const commands = useCommandList().filter(({ keys }) => keys !== undefined && keys.length > 0);
  const groups = [...new Set(commands.map(({ group }) => group))];
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" size="lg">
      {groups.map((group) => (
        <section key={group} aria-label={group}>
          <h3 className={classes.sheetGroup}>{group}</h3>
          <dl className={classes.sheet}>
            {commands
              .filter((command) => command.group === group)
              .map((command) => (
                <div key={command.id} className={classes.sheetRow}>
                  <dt>{command.title}</dt>
                  <dd>
                    {command.keys?.map((keys, index) => (
                      <span key={keys}>
                        {index > 0 && <span className="soft"> or </span>}
                        <Keys keys={keys} />
                      </span>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
      <p className="soft">Keys are ignored while you type in a field, save those with Ctrl or ⌘.</p>
    </Modal>
  );
}
