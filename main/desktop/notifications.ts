import { Notification } from "electron";
import type { Platform } from "../platform.ts";
import { threadChangeFollower } from "./thread-changes.ts";

/** Does nothing where the system has no notifications. */
export function showNotification(title: string, body: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on("click", onClick);
  notification.show();
}

/** @returns the function that ends it. */
export function announceThreadChanges(
  platform: Platform,
  openPage: (path: string) => void,
): () => void {
  const follow = threadChangeFollower();
  return platform.subscribe((state) => {
    for (const { id, title, body } of follow(state)) {
      showNotification(title, body, () => openPage(`/components?thread=${id}`));
    }
  });
}
