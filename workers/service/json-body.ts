/** Request bodies: strict UTF-8, bounded depth and count, no prototype keys, then JSON. */
import { problem } from "./errors.ts";
import { httpLimits } from "./limits.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** "proto", or an escape of a letter of it or of the underscore (RFC 8259 section 7). */
const prototypeKeyInAnySpelling = /proto|\\u00[567]/;

/** @throws BODY_MALFORMED, BODY_TOO_COMPLEX */
export function parseJsonBody(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw problem("BODY_MALFORMED", "The body is not valid UTF-8.");
  }
  checkComplexity(text);
  try {
    // The reviver triples the cost, so only a body that could need it pays.
    const suspicious = prototypeKeyInAnySpelling.test(text);
    return JSON.parse(text, suspicious ? refusePrototypeKeys : undefined) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) throw problem("BODY_MALFORMED", describe(error));
    throw error;
  }
}

/** One pass before parsing, so that a hostile body costs no more than reading it. */
function checkComplexity(text: string): void {
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92 /* \ */) i += 1;
      else if (c === 34 /* " */) inString = false;
    } else if (c === 34) {
      inString = true;
    } else if (c === 91 /* [ */ || c === 123 /* { */) {
      depth += 1;
      values += 1;
      if (depth > httpLimits.bodyDepthMax) {
        throw problem("BODY_TOO_COMPLEX", `The body nests deeper than ${httpLimits.bodyDepthMax}.`);
      }
    } else if (c === 93 || c === 125) {
      depth -= 1;
    } else if (c === 44 /* , */) {
      values += 1;
    }
  }
  if (values > httpLimits.bodyValuesMax) {
    throw problem(
      "BODY_TOO_COMPLEX",
      `The body holds more than ${httpLimits.bodyValuesMax} values.`,
    );
  }
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  if (key === "__proto__") {
    throw problem("BODY_MALFORMED", "The key __proto__ is not accepted.");
  }
  return value;
}

function describe(error: SyntaxError): string {
  // V8 quotes up to some 30 characters of the body, which the caller sent itself.
  return `${error.message.replaceAll(/\s+/g, " ").slice(0, 200)}.`;
}
