/** What the workshop's threads are told to do, and what they answer; all of it plain data. */
import type { Compilation, Hex, SourceSpan } from "../artefact.ts";
import type { TraceSource } from "../contracts-chain.ts";
import type { Breakpoint } from "../debug/breakpoints.ts";
import type { DebugCommand } from "../debug/debug-session.ts";
import type { GasProfile } from "../debug/gas-profile.ts";
import type { FailureKind } from "../debug/stack-trace.ts";
import type { DecodedRow } from "../decoding/value.ts";
import type { TestReport, TestResult } from "../testing/test-runner.ts";
import type { FormValue } from "./arguments.ts";
import type { Verification } from "./verification.ts";

export type DecodeSubject =
  | { readonly kind: "call"; readonly data: Hex; readonly output?: Hex | undefined }
  | { readonly kind: "deployment"; readonly data: Hex }
  | { readonly kind: "event"; readonly topics: readonly Hex[]; readonly data: Hex }
  | { readonly kind: "failure"; readonly output: Hex };

/** Compilations by their ids: those that are searched for what is not known otherwise. */
interface Searched {
  readonly compilations: readonly string[];
}

export type WorkshopOrder =
  | ({ readonly kind: "explain"; readonly source: TraceSource } & Searched)
  | ({ readonly kind: "open"; readonly id: string; readonly source: TraceSource } & Searched)
  | { readonly kind: "view"; readonly id: string }
  | { readonly kind: "command"; readonly id: string; readonly command: DebugCommand }
  | { readonly kind: "go to"; readonly id: string; readonly step: number }
  | {
      readonly kind: "breakpoints";
      readonly id: string;
      readonly breakpoints: readonly Breakpoint[];
    }
  | { readonly kind: "variables"; readonly id: string }
  | { readonly kind: "memory"; readonly id: string }
  | { readonly kind: "source"; readonly id: string; readonly file: string }
  | { readonly kind: "close"; readonly id: string }
  | { readonly kind: "test"; readonly compilation: string; readonly filter: string | undefined }
  | ({ readonly kind: "decode"; readonly subjects: readonly DecodeSubject[] } & Searched)
  | {
      readonly kind: "encode";
      readonly compilation: string;
      readonly contract: string;
      readonly function: string | null;
      readonly arguments: readonly FormValue[];
      readonly libraries: Readonly<Record<string, Hex>>;
    }
  | { readonly kind: "artefact"; readonly compilation: string; readonly contract: string }
  | {
      readonly kind: "storage";
      readonly compilation: string;
      readonly contract: string;
      readonly address: Hex;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: "verify";
      readonly compilation: string;
      readonly contract: string;
      readonly address: Hex;
    };

export interface CallRow {
  readonly depth: number;
  readonly kind: string;
  readonly from: Hex;
  readonly to: Hex | null;
  /** Contract.function(arguments), as far as they are known. */
  readonly text: string;
  /** Wei. */
  readonly value: string;
  readonly gasUsed: number;
  readonly error: string | null;
  readonly step: number | null;
}

export interface EventRow {
  readonly address: Hex;
  readonly name: string | null;
  readonly text: string;
  readonly step: number;
}

export interface FailureView {
  readonly kind: FailureKind;
  readonly message: string;
  readonly step: number | null;
  readonly lines: readonly {
    readonly title: string;
    readonly address: Hex | null;
    readonly span: SourceSpan | null;
    readonly text: string;
  }[];
  readonly code: string | null;
}

export interface Explanation {
  readonly gasUsed: number;
  readonly steps: number;
  readonly truncated: string | null;
  readonly output: Hex;
  /** What the function returned, by its interface; null where that is not known. */
  readonly result: readonly DecodedRow[] | null;
  readonly failure: FailureView | null;
  readonly console: readonly string[];
  readonly calls: readonly CallRow[];
  readonly events: readonly EventRow[];
  readonly profile: GasProfile;
}

export interface SessionView {
  readonly id: string;
  readonly steps: number;
  readonly truncated: string | null;
  readonly breakpoints: readonly Breakpoint[];
  readonly step: number;
  readonly pc: number;
  readonly opcode: string;
  readonly gasLeft: number;
  /** Of the instruction itself. */
  readonly gasCost: number;
  readonly span: SourceSpan | null;
  /** The lines around it, marked. */
  readonly code: string | null;
  readonly contract: string | null;
  readonly address: Hex | null;
  readonly callStack: readonly {
    readonly title: string;
    readonly address: Hex | null;
    readonly span: SourceSpan | null;
    readonly step: number;
    readonly parameters: readonly DecodedRow[];
  }[];
  /** Words in hexadecimal, the top last. */
  readonly stack: readonly Hex[];
  readonly around: readonly {
    readonly step: number;
    readonly pc: number;
    readonly opcode: string;
    readonly gasCost: number;
    readonly depth: number;
  }[];
}

export interface VariablesView {
  readonly step: number;
  readonly state: readonly DecodedRow[];
  readonly locals: readonly (DecodedRow & { readonly role: string })[];
  readonly missing: string | null;
}

export interface MemoryView {
  readonly step: number;
  readonly memory: Hex;
  readonly memoryBytes: number;
  readonly calldata: Hex;
  readonly calldataBytes: number;
  /** Words that the trace read or wrote up to this step, of the contract at hand. */
  readonly storage: readonly { readonly slot: Hex; readonly value: Hex }[];
}

export interface DecodedView {
  readonly name: string | null;
  readonly signature: string | null;
  readonly text: string;
  readonly rows: readonly DecodedRow[];
  /** What a call returned, where that was given. */
  readonly result: readonly DecodedRow[] | null;
}

export type Refusal =
  | "not on chain"
  | "no such session"
  | "no such compilation"
  | "no such contract"
  | "nothing executed"
  | "arguments invalid"
  | "no such step"
  | "has errors";

export type WorkshopOutcome =
  | { readonly kind: "explained"; readonly explanation: Explanation }
  | { readonly kind: "session"; readonly session: SessionView }
  | { readonly kind: "variables"; readonly variables: VariablesView }
  | { readonly kind: "memory"; readonly memory: MemoryView }
  | { readonly kind: "source"; readonly text: string | null }
  | { readonly kind: "closed" }
  | { readonly kind: "tested"; readonly report: TestReport }
  | { readonly kind: "decoded"; readonly decoded: readonly (DecodedView | null)[] }
  | { readonly kind: "encoded"; readonly data: Hex }
  | { readonly kind: "artefact"; readonly artefact: Compilation["contracts"][number] }
  | { readonly kind: "storage"; readonly rows: readonly DecodedRow[] }
  | { readonly kind: "verified"; readonly verification: Verification }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly detail: string };

/** The tests that were run so far. */
export interface WorkshopProgress {
  readonly results: readonly TestResult[];
}

/** What a thread asks of the blockchain thread. */
export type WorkshopQuestion =
  | { readonly kind: "compilation"; readonly id: string }
  | { readonly kind: "chain"; readonly method: string; readonly values: readonly unknown[] };
