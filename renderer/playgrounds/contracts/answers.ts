/** What the API answers, by the names of the workshop. */
import type { ApiClient } from "../../data/client.ts";

type Routes = ApiClient["blockchain"];
type Answer<Name extends keyof Routes> = Routes[Name] extends (...values: never[]) => infer Answered
  ? Awaited<Answered>
  : never;

export type Compilation = Answer<"compile">;
export type Diagnostic = Compilation["diagnostics"][number];
export type CompiledContract = Compilation["contracts"][number];
export type Settings = Compilation["settings"];
export type Template = Answer<"templates">["templates"][number];
export type WorkspaceContent = Answer<"workspace">;
export type Explanation = Answer<"explain">;
export type Failure = NonNullable<Explanation["failure"]>;
export type Profile = Explanation["profile"];
export type Row = Answer<"storage">["rows"][number];
export type Session = Answer<"openDebug">;
export type Variables = Answer<"debugVariables">;
export type Memory = Answer<"debugMemory">;
export type Deployment = Answer<"deployments">["deployments"][number];
export type Receipt = Answer<"sendTransaction">;

/** What is traced: a mined transaction, or a call that leaves no trace on the chain. */
export type TraceSource =
  | { readonly kind: "transaction"; readonly hash: string }
  | {
      readonly kind: "call";
      readonly from: string;
      readonly to: string | null;
      readonly data: string;
      readonly value: string;
    };

export type TestEvent = Answer<"runTests"> extends AsyncIterable<infer Event> ? Event : never;
export type TestResult = Extract<TestEvent, { kind: "done" }>["results"][number];
