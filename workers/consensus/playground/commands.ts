/** Commands as people read them, and those that somebody proposes by hand. */
import { questionIn, encodeSigned, signedText } from "../service/agreed-request.ts";
import { Signer } from "../signatures.ts";
import { clipped } from "./text.ts";

const handKey = "by hand: ";

/**
 * A command that changes nothing, so that no client's history needs to know of it: a question of an
 * odd key. Where nodes may lie every command is signed, which here client `signer` does.
 */
export function commandByHand(text: string, signer: number | null): string {
  const body = `ask ${JSON.stringify({ op: "get", key: handKey + text })}`;
  if (signer === null) return body;
  const signature = new Signer(signer).sign(signedText(0, body));
  return encodeSigned({ client: signer, request: 0, signature, body });
}

/** A command without the session and the signature around it; null: an entry of the algorithm's own. */
export function commandText(command: string | null): string | null {
  if (command === null) return null;
  const body = command.replace(/^\d+ \d+ \d+ (?=open|run |ask )/, "");
  if (body === "open") return "open session";
  const text = questionIn(body) ?? /^run \d+ \d+ (.*)$/s.exec(body)?.[1];
  if (text === undefined) return clipped(body);
  try {
    const { op, key, value, expected }: Record<string, string | undefined> = JSON.parse(text);
    if (key?.startsWith(handKey) === true) return key.slice(handKey.length);
    if (op === "get") return `get ${key}`;
    return op === "cas" ? `cas ${key} ${expected} ${value}` : `${op} ${key} ${value}`;
  } catch {
    return clipped(text);
  }
}

/** A sentence of an invariant, which quotes commands as the log holds them. */
export function readable(sentence: string): string {
  return sentence.replaceAll(
    /(?:\d+ \d+ \d+ )?ask \{"op":"get","key":"by hand: ([^"]*)"\}/g,
    '"$1"',
  );
}
