/** Threads whose work can wait: those that somebody waits for come first. */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

/** As `nice` has it: about a third of the share of a thread that has not yielded. */
const niceness = 5;

/**
 * Lets the calling thread's work yield to that of all other threads when there are fewer processors
 * than threads at work. Where it is woken by another thread, that one goes on first. Only Linux gives
 * threads priorities of their own; elsewhere nothing is done.
 * @returns whether it yields now
 */
export function yieldToOtherThreads(): boolean {
  if (process.platform !== "linux") return false;
  try {
    // proc_thread-self(5): <process>/task/<thread>
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (!Number.isSafeInteger(thread)) return false;
    setPriority(thread, niceness);
    return true;
  } catch {
    // A container may hide /proc or forbid it; the work is done all the same.
    return false;
  }
}
