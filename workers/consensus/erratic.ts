/** A liar without a plan: it keeps back what it should say and repeats old words, by chance. */
import type { Lie } from "./lying-server.ts";

const keptMax = 64;

export function erratic<Message, Stored>(): Lie<Message, Stored> {
  /** Its own words so far, true when they were said, to whomever. */
  const said: Message[] = [];
  return (message, _to, { random }) => {
    if (said.length < keptMax) said.push(message);
    else said[random.below(keptMax)] = message;
    const drawn = random.below(10);
    if (drawn < 5) return [message];
    if (drawn < 7) return [];
    if (drawn < 9) return [random.pick(said)];
    return [random.pick(said), message, random.pick(said)];
  };
}
