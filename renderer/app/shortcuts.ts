/** From key presses to commands. Pure: the caller passes the events and the time. */
import type { Command } from "./commands.ts";

/** The second key of a sequence such as `g o` must follow within this time. */
const sequenceMaxMs = 1_200;

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  /** Whether the focus is where text is typed. */
  readonly typing: boolean;
}

/** A press in the notation of the registry: "mod+k", "g", "?"; null for a lone modifier. */
export function pressName(press: KeyPress): string | null {
  if (["Control", "Meta", "Alt", "Shift", "Dead"].includes(press.key)) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const parts = [key];
  // Shift is part of a character such as "?" already; with a named or a modified key it counts.
  if (press.shiftKey && (press.key.length > 1 || press.ctrlKey || press.metaKey)) {
    parts.unshift("shift");
  }
  if (press.altKey) parts.unshift("alt");
  if (press.ctrlKey || press.metaKey) parts.unshift("mod");
  return parts.join("+");
}

export interface Matcher {
  /** The command that this press completes, or null. */
  press(press: KeyPress, atMs: number, commands: readonly Command[]): Command | null;
}

export function createMatcher(): Matcher {
  let prefix: { readonly name: string; readonly atMs: number } | null = null;
  return {
    press(press, atMs, commands) {
      const name = pressName(press);
      if (name === null) return null;
      const started = prefix !== null && atMs - prefix.atMs <= sequenceMaxMs ? prefix.name : null;
      prefix = null;
      if (press.typing && !name.startsWith("mod+")) return null;
      if (started !== null) {
        const second = find(commands, `${started} ${name}`);
        if (second) return second;
      }
      if (commands.some(({ keys }) => keys?.some((key) => key.startsWith(`${name} `)))) {
        prefix = { name, atMs };
        return null;
      }
      return find(commands, name);
    },
  };
}

function find(commands: readonly Command[], keys: string): Command | null {
  return commands.find((command) => command.keys?.includes(keys)) ?? null;
}

/** Key names as they are printed on the keyboard. */
export function keyLabels(keys: string, mac: boolean): string[][] {
  const names: Record<string, string> = {
    mod: mac ? "⌘" : "Ctrl",
    shift: "Shift",
    alt: mac ? "⌥" : "Alt",
    Enter: "Enter",
  };
  return keys
    .split(" ")
    .map((press) =>
      press
        .split("+")
        .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
    );
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"))
  );
}
