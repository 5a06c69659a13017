import { Menu } from "@mantine/core";
import type { Action, AlgorithmView, Frame } from "./engine.worker.ts";
import { nodeActions } from "./node-actions.ts";
import type { Point } from "./ring-layout.ts";

export interface OpenMenu {
  readonly id: number;
  readonly at: Point;
}

interface NodeMenuProps {
  readonly menu: OpenMenu;
  readonly frame: Frame;
  readonly algorithm: AlgorithmView | null;
  readonly onAct: (action: Action) => void;
  readonly onClose: () => void;
}

/** What can be done to a node, where it was asked for. */
export function NodeMenu({ menu, frame, algorithm, onAct, onClose }: NodeMenuProps) {
  const node = frame.nodes.find(({ id }) => id === menu.id);
  if (node === undefined) return null;
  return (
    <Menu opened onClose={onClose} position="bottom-start" withinPortal>
      <Menu.Target>
        <span style={{ position: "fixed", left: menu.at.x, top: menu.at.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={`Node ${menu.id}`}>
        {nodeActions(node, frame, algorithm).map(({ id, title, key, action }) => (
          <Menu.Item
            key={id}
            rightSection={
              key === undefined ? undefined : <span className="soft">{key.toUpperCase()}</span>
            }
            onClick={() => onAct(action)}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
