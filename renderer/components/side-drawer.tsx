import { Drawer } from "@mantine/core";

interface SideDrawerProps {
  readonly title: React.ReactNode;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** For text in lines, such as logs. */
  readonly wide?: boolean;
  readonly children: React.ReactNode;
}

/**
 * Details beside the picture that they belong to. Whether it is open is part of the address, so it
 * can be linked to; Escape closes it and the focus goes back to where it came from.
 */
export function SideDrawer({ title, opened, onClose, wide = false, children }: SideDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position="right"
      size={wide ? "min(880px, 80vw)" : "min(560px, 60vw)"}
      padding="md"
      overlayProps={{ backgroundOpacity: 0.15 }}
      closeButtonProps={{ "aria-label": "Close details" }}
    >
      {children}
    </Drawer>
  );
}
