/** What the runtime and a pod host thread tell each other. Containers and sessions go by numbers. */
import type { ContainerExit, ContainerSpec, FetchAnswer, FetchRequest } from "./container-spec.ts";

export type OutputStream = "stdout" | "stderr";

export interface OutputChunk {
  readonly container: number;
  readonly stream: OutputStream;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export type HostOrder =
  | { readonly kind: "start"; readonly container: number; readonly spec: ContainerSpec }
  | { readonly kind: "stop"; readonly container: number; readonly graceMs: number }
  | {
      readonly kind: "exec";
      readonly container: number;
      readonly session: number;
      readonly command: readonly string[];
      readonly tty: boolean;
      readonly windowBytes: number;
    }
  | { readonly kind: "input"; readonly session: number; readonly text: string | null }
  /** Input of the container's own program. */
  | { readonly kind: "attach-input"; readonly container: number; readonly text: string }
  | { readonly kind: "taken"; readonly session: number; readonly bytes: number }
  | { readonly kind: "end-session"; readonly session: number }
  | { readonly kind: "measure"; readonly call: number }
  | { readonly kind: "ping" }
  | {
      readonly kind: "fetched";
      readonly call: number;
      readonly answer?: FetchAnswer;
      readonly failure?: string;
    };

export interface Measured {
  readonly container: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly requests: number;
}

export type HostReport =
  | { readonly kind: "ready" }
  | { readonly kind: "pong" }
  | { readonly kind: "started"; readonly container: number; readonly port: number | null }
  | { readonly kind: "exited"; readonly container: number; readonly exit: ContainerExit }
  | { readonly kind: "output"; readonly chunks: readonly OutputChunk[] }
  | {
      readonly kind: "session-output";
      readonly session: number;
      readonly stream: OutputStream;
      readonly text: string;
    }
  /** The command has read this much of its input. */
  | { readonly kind: "input-taken"; readonly session: number; readonly bytes: number }
  | { readonly kind: "session-ended"; readonly session: number; readonly exitCode: number }
  | { readonly kind: "measured"; readonly call: number; readonly containers: readonly Measured[] }
  | {
      readonly kind: "fetch";
      readonly call: number;
      readonly container: number;
      readonly request: FetchRequest;
    };
