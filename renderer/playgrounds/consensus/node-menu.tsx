import { Menu } from "@mantine/core";
import type { Action, AlgorithmView, Frame, MessageView } from "./engine.worker.ts";
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
    <MenuAt at={menu.at} label={`Node ${menu.id}`} onClose={onClose}>
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
    </MenuAt>
  );
}

export const delayByMs = 100;

export interface PickedMessage {
  readonly message: MessageView;
  readonly at: Point;
}

interface MessageMenuProps extends PickedMessage {
  readonly onAct: (action: Action) => void;
  readonly onClose: () => void;
}

/** What can be done to a message under way. */
export function MessageMenu({ message, at, onAct, onClose }: MessageMenuProps) {
  const { id, from, to, kind } = message;
  return (
    <MenuAt at={at} label={`Message ${id}`} onClose={onClose}>
      <Menu.Label>
        {kind}, {from} to {to}
      </Menu.Label>
      <Menu.Item onClick={() => onAct({ kind: "drop-message", message: id })}>
        Drop message {id}
      </Menu.Item>
      <Menu.Item onClick={() => onAct({ kind: "delay-message", message: id, byMs: delayByMs })}>
        Delay message {id} by {delayByMs} ms
      </Menu.Item>
    </MenuAt>
  );
}

function MenuAt(props: {
  readonly at: Point;
  readonly label: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}) {
  const { at, label, onClose, children } = props;
  return (
    <Menu opened onClose={onClose} position="bottom-start" withinPortal>
      <Menu.Target>
        <span style={{ position: "fixed", left: at.x, top: at.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={label}>{children}</Menu.Dropdown>
    </Menu>
  );
}
