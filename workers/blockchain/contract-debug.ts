/** Blockchain: debug sessions and explanations of what contracts did. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const contractTags = ["Contracts"];
export const hexDataSchema = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "0x and an even number of hexadecimal digits")
  .max(2_000_002);
export const contractAddressSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "0x and 40 hexadecimal digits");
export const compilationIdSchema = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, "The id that a compile answered");
const hashSchema = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "0x and 64 hexadecimal digits");
const whole = z.string().regex(/^\d{1,78}$/, "A whole number in decimal");

export const spanSchema = z.object({
  file: z.string(),
  line: z.int().describe("From 1"),
  column: z.int().describe("From 1"),
  length: z.int().describe("Bytes of UTF-8"),
  start: z.int().describe("Byte offset in the file"),
});

export const rowSchema = z.object({
  depth: z.int().describe("How deep it stands in the rows above it"),
  name: z.string(),
  type: z.string(),
  text: z.string(),
});

export const traceSourceSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("transaction"), hash: hashSchema }),
  z.strictObject({
    kind: z.literal("call"),
    from: contractAddressSchema.default("0x0000000000000000000000000000000000000000"),
    to: contractAddressSchema.nullable().describe("null deploys the data"),
    data: hexDataSchema.default("0x"),
    value: whole.default("0").describe("Wei"),
    gas: z.int().min(1).max(30_000_000).default(30_000_000),
    block: z
      .union([z.literal("latest"), z.int().min(0)])
      .default("latest")
      .describe("The call runs on the state after it"),
  }),
]);
export type TraceSourceInput = z.infer<typeof traceSourceSchema>;

const compilationsSchema = z
  .array(compilationIdSchema)
  .max(12)
  .optional()
  .describe("Where code is looked up; the newest compilations when left out");

export const failureSchema = z.object({
  kind: z.string().describe("Such as reason, custom error, panic, out of gas, not payable"),
  message: z.string(),
  step: z.int().nullable(),
  lines: z.array(
    z.object({
      title: z.string(),
      address: z.string().nullable(),
      span: spanSchema.nullable(),
      text: z.string().describe("Such as at Token.transfer (Token.sol:42:9)"),
    }),
  ),
  code: z.string().nullable().describe("The failing line with those around it, marked"),
});

export const profileSchema = z.object({
  total: z.int().describe("Gas of execution: the price of a transaction and refunds aside"),
  lines: z.array(
    z.object({
      file: z.string().nullable(),
      line: z.int(),
      exclusive: z.int(),
      inclusive: z.int().describe("With all that the line called"),
      hits: z.int(),
    }),
  ),
  functions: z.array(
    z.object({
      name: z.string(),
      calls: z.int(),
      exclusive: z.int(),
      inclusive: z.int(),
    }),
  ),
});

const explanationSchema = z.object({
  gasUsed: z.int(),
  steps: z.int(),
  truncated: z.string().nullable().describe("Which limit cut the recording; null: it is whole"),
  output: z.string(),
  result: z
    .array(rowSchema)
    .nullable()
    .describe("What the function returned, as far as its interface is known"),
  failure: failureSchema.nullable(),
  console: z.array(z.string()).describe("What console.log printed"),
  calls: z.array(
    z.object({
      depth: z.int(),
      kind: z.string(),
      from: z.string(),
      to: z.string().nullable(),
      text: z.string(),
      value: z.string().describe("Wei"),
      gasUsed: z.int(),
      error: z.string().nullable(),
      step: z.int().nullable(),
    }),
  ),
  events: z.array(
    z.object({
      address: z.string(),
      name: z.string().nullable(),
      text: z.string(),
      step: z.int(),
    }),
  ),
  profile: profileSchema,
});

const breakpointSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("line"),
    file: z.string().max(256),
    line: z.int().min(1),
  }),
  z.strictObject({ kind: z.literal("opcode"), opcode: z.string().max(16) }),
  z.strictObject({ kind: z.literal("failure") }),
  z.strictObject({
    kind: z.literal("storage write"),
    variable: z.string().max(256).nullable().describe("null: any"),
  }),
]);

const sessionSchema = z.object({
  id: z.string(),
  steps: z.int(),
  truncated: z.string().nullable(),
  breakpoints: z.array(breakpointSchema),
  step: z.int().describe("From 0; the instruction has not run yet"),
  pc: z.int(),
  opcode: z.string(),
  gasLeft: z.int(),
  gasCost: z.int(),
  span: spanSchema.nullable(),
  code: z.string().nullable(),
  contract: z.string().nullable(),
  address: z.string().nullable(),
  callStack: z.array(
    z.object({
      title: z.string(),
      address: z.string().nullable(),
      span: spanSchema.nullable(),
      step: z.int(),
      parameters: z.array(rowSchema),
    }),
  ),
  stack: z.array(z.string()).describe("Words, the top last"),
  around: z
    .array(
      z.object({
        step: z.int(),
        pc: z.int(),
        opcode: z.string(),
        gasCost: z.int(),
        depth: z.int().describe("Of the call that runs it, from 0"),
      }),
    )
    .describe("The instructions that ran before and run after it"),
});

const idInput = z.strictObject({ id: z.uuid() });
const sourceInput = z.strictObject({
  source: traceSourceSchema,
  compilations: compilationsSchema,
});
const debugCommandSchema = z.enum([
  "step",
  "step back",
  "into",
  "into back",
  "over",
  "over back",
  "out",
  "out back",
  "continue",
  "continue back",
  "start",
  "end",
]);

const transactionExample = {
  transaction: { source: { kind: "transaction", hash: `0x${"ab".repeat(32)}` } },
};
const session = "00000000-0000-4000-8000-000000000000";

export const debugRoutes = {
  explain: route
    .meta({ role: "operator", examples: transactionExample })
    .route({
      method: "POST",
      path: "/api/blockchain/contracts/explain",
      tags: contractTags,
      summary: "What a transaction or call did: calls, events, console, stack trace, gas by line",
    })
    .input(sourceInput)
    .output(explanationSchema),
  openDebug: route
    .meta({ role: "operator", examples: transactionExample })
    .route({
      method: "POST",
      path: "/api/blockchain/contracts/debug",
      tags: contractTags,
      summary: "Record a transaction or call, and open a debug session on it",
    })
    .input(sourceInput)
    .output(sessionSchema),
  debug: route
    .meta({ role: "operator", examples: { session: { id: session } } })
    .route({
      method: "GET",
      path: "/api/blockchain/contracts/debug/{id}",
      tags: contractTags,
      summary: "Where a debug session stands: line, functions, stack",
    })
    .input(idInput)
    .output(sessionSchema),
  moveDebug: route
    .meta({ role: "operator", examples: { over: { id: session, command: "over" } } })
    .route({
      method: "POST",
      path: "/api/blockchain/contracts/debug/{id}/move",
      tags: contractTags,
      summary: "Move by an instruction, a line, a function or to a breakpoint, or to a step",
    })
    .input(
      z.strictObject({
        id: z.uuid(),
        command: debugCommandSchema.optional(),
        step: z.int().min(0).optional().describe("Instead of a command"),
      }),
    )
    .output(sessionSchema),
  setBreakpoints: route
    .meta({
      role: "operator",
      examples: {
        line: { id: session, breakpoints: [{ kind: "line", file: "Token.sol", line: 42 }] },
      },
    })
    .route({
      method: "PUT",
      path: "/api/blockchain/contracts/debug/{id}/breakpoints",
      tags: contractTags,
      summary: "Replace the breakpoints of a debug session",
    })
    .input(z.strictObject({ id: z.uuid(), breakpoints: z.array(breakpointSchema).max(100) }))
    .output(sessionSchema),
  debugVariables: route
    .meta({ role: "operator", examples: { session: { id: session } } })
    .route({
      method: "GET",
      path: "/api/blockchain/contracts/debug/{id}/variables",
      tags: contractTags,
      summary: "State variables and local variables before the step",
    })
    .input(idInput)
    .output(
      z.object({
        step: z.int(),
        state: z.array(rowSchema),
        locals: z.array(rowSchema.extend({ role: z.string() })),
        missing: z.string().nullable().describe("Why some local variables are not told"),
      }),
    ),
  debugMemory: route
    .meta({ role: "operator", examples: { session: { id: session } } })
    .route({
      method: "GET",
      path: "/api/blockchain/contracts/debug/{id}/memory",
      tags: contractTags,
      summary: "Memory, call data and the storage words seen so far",
    })
    .input(idInput)
    .output(
      z.object({
        step: z.int(),
        memory: z.string(),
        memoryBytes: z.int(),
        calldata: z.string(),
        calldataBytes: z.int(),
        storage: z.array(z.object({ slot: z.string(), value: z.string() })),
      }),
    ),
  debugSource: route
    .meta({ role: "operator", examples: { file: { id: session, file: "Token.sol" } } })
    .route({
      method: "GET",
      path: "/api/blockchain/contracts/debug/{id}/source",
      tags: contractTags,
      summary: "A source file as it was compiled, of the code that runs at the step",
    })
    .input(z.strictObject({ id: z.uuid(), file: z.string().min(1).max(256) }))
    .output(z.object({ file: z.string(), text: z.string().nullable() })),
  closeDebug: route
    .meta({ role: "operator", examples: { session: { id: session } } })
    .route({
      method: "DELETE",
      path: "/api/blockchain/contracts/debug/{id}",
      tags: contractTags,
      summary: "Close a debug session",
    })
    .input(idInput)
    .output(z.object({ id: z.string() })),
};
