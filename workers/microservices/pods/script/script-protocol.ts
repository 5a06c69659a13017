/** What a script's thread and the container that it belongs to tell each other: text and numbers only. */

export interface ScriptThreadData {
  readonly source: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type ScriptOrder =
  /** `request` and `answer` are JSON. */
  | { readonly kind: "handle"; readonly call: number; readonly request: string }
  | {
      readonly kind: "fetched";
      readonly call: number;
      readonly answer: string;
      readonly ok: boolean;
    }
  | { readonly kind: "ping" };

export type ScriptReport =
  | { readonly kind: "ready"; readonly handles: boolean }
  | { readonly kind: "failed"; readonly message: string }
  /** A script without a handler has come to its end. */
  | { readonly kind: "done" }
  | { readonly kind: "log"; readonly text: string }
  | {
      readonly kind: "handled";
      readonly call: number;
      readonly answer: string;
      readonly ok: boolean;
    }
  | { readonly kind: "fetch"; readonly call: number; readonly request: string }
  | { readonly kind: "pong" };
