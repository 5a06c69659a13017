/** Blockchain: Solidity compiles, tests, deployments and decoding. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { problemSchema, route } from "../service/contract.ts";
import {
  compilationIdSchema,
  contractAddressSchema,
  contractTags as tags,
  debugRoutes,
  failureSchema,
  hexDataSchema,
  profileSchema,
  rowSchema,
  spanSchema,
} from "./contract-debug.ts";
import { sendRoutes } from "./contract-sending.ts";
import {
  base,
  counter,
  settingsInput,
  settingsSchema,
  sourcesSchema,
  workspaceRoutes,
} from "./contract-workspaces.ts";

/** Of one request. */
export const decodedAtOnceMax = 50;

const abiSchema = z.array(z.looseObject({ type: z.string() })).describe("The contract's interface");
const diagnosticSchema = z.object({
  severity: z.enum(["error", "warning", "info"]),
  code: z.string().nullable().describe("The compiler's number of it"),
  message: z.string(),
  span: spanSchema.nullable(),
  formatted: z.string(),
  related: z.array(z.object({ message: z.string(), span: spanSchema })),
});
const compilationSchema = z.object({
  id: z.string(),
  compiler: z.string(),
  settings: settingsSchema,
  files: z.array(z.string()),
  diagnostics: z.array(diagnosticSchema),
  contracts: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      abi: abiSchema,
      codeBytes: z.number().describe("Of the deployed code; 0: it cannot be deployed"),
      creationBytes: z.number(),
      libraries: z.array(z.string()).describe("To be linked, as file:name"),
      tests: z.int(),
    }),
  ),
});

const testResultSchema = z.object({
  contract: z.string(),
  file: z.string(),
  name: z.string(),
  passed: z.boolean(),
  gasUsed: z.int(),
  durationMs: z.number(),
  console: z.array(z.string()),
  failure: failureSchema.extend({ text: z.string() }).nullable(),
});

const deploymentSchema = z.object({
  chain: z.int(),
  address: z.string(),
  compilation: z.string(),
  contract: z.string(),
  arguments: z.string().describe("Of the constructor, encoded"),
  transactionHash: z.string().nullable(),
  match: z.enum(["exact", "without metadata", "none"]),
  notedAt: z.number(),
});
const verificationSchema = z.object({
  match: z.enum(["exact", "without metadata", "none"]),
  sentence: z.string(),
  firstDifference: z.int().nullable().describe("Byte of the code; null for a match"),
  codeBytes: z.int(),
  expectedBytes: z.int(),
  immutables: z.array(z.object({ name: z.string(), value: z.string() })),
  libraries: z.array(z.object({ library: z.string(), address: z.string() })),
});

const contractNameSchema = z.string().min(1).max(400).describe("A name, or file:name");
const argumentsSchema = z
  .array(z.json())
  .max(100)
  .default([])
  .describe("Numbers as texts, bytes in hexadecimal, lists and structs as JSON");

const subjectSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("call"),
    data: hexDataSchema,
    output: hexDataSchema.optional(),
  }),
  z.strictObject({ kind: z.literal("deployment"), data: hexDataSchema }),
  z.strictObject({
    kind: z.literal("event"),
    topics: z.array(z.string().regex(/^0x[0-9a-fA-F]{64}$/)).max(4),
    data: hexDataSchema,
  }),
  z.strictObject({ kind: z.literal("failure"), output: hexDataSchema }),
]);
const decodedSchema = z
  .object({
    name: z.string().nullable(),
    signature: z.string().nullable(),
    text: z.string(),
    rows: z.array(rowSchema),
    result: z.array(rowSchema).nullable(),
  })
  .nullable()
  .describe("null: no known interface fits");

const compileInput = z.strictObject({ sources: sourcesSchema, settings: settingsInput });
const idExample = `0x${"ab".repeat(32)}`;

export const contractRoutes = {
  ...debugRoutes,
  ...workspaceRoutes,
  ...sendRoutes,
  templates: route
    .route({ method: "GET", path: `${base}/templates`, tags, summary: "Contracts to begin with" })
    .input(z.strictObject({}))
    .output(
      z.object({
        templates: z.array(
          z.object({
            id: z.string(),
            title: z.string(),
            summary: z.string(),
            contract: z.string(),
            sources: sourcesSchema,
          }),
        ),
      }),
    ),
  compile: route
    .meta({ role: "operator", examples: { counter: { sources: counter } } })
    .route({
      method: "POST",
      path: `${base}/compile`,
      tags,
      summary: "Compile Solidity; what is wrong with it is in the answer",
      description:
        "hardhat/console.sol (console.log) and lab/Test.sol (assertions, actors, time) can be imported without being given.",
    })
    .input(compileInput)
    .output(compilationSchema),
  watchCompile: route
    .meta({ role: "operator", examples: { counter: { sources: counter } } })
    .route({
      method: "POST",
      path: `${base}/compile/watch`,
      tags,
      summary: "The same as server-sent events; closing the stream ends the compile",
    })
    .input(compileInput)
    .output(
      eventIterator(
        z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("progress"), stage: z.string() }),
          z.object({ kind: z.literal("done"), compilation: compilationSchema }),
          z.object({ kind: z.literal("failed"), problem: problemSchema }),
        ]),
      ),
    ),
  compilations: route
    .route({
      method: "GET",
      path: `${base}/compilations`,
      tags,
      summary: "Stored compilations, the newest first",
    })
    .input(z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }))
    .output(
      z.object({ compilations: z.array(compilationSchema.extend({ compiledAt: z.number() })) }),
    ),
  artefact: route
    .meta({
      role: "viewer",
      examples: { counter: { id: idExample, contract: "Counter" } },
    })
    .route({
      method: "GET",
      path: `${base}/compilations/{id}/contracts/{contract}`,
      tags,
      summary: "All that the compiler made of a contract",
    })
    .input(z.strictObject({ id: compilationIdSchema, contract: contractNameSchema }))
    .output(
      z.looseObject({ file: z.string(), name: z.string(), abi: abiSchema, metadata: z.string() }),
    ),
  encode: route
    .meta({
      role: "viewer",
      examples: { call: { id: idExample, contract: "Counter", function: "up" } },
    })
    .route({
      method: "POST",
      path: `${base}/compilations/{id}/encode`,
      tags,
      summary: "The data of a call or deployment, out of the values of a form",
    })
    .input(
      z.strictObject({
        id: compilationIdSchema,
        contract: contractNameSchema,
        function: z
          .string()
          .max(400)
          .nullable()
          .default(null)
          .describe("Name or signature; null for a deployment"),
        arguments: argumentsSchema,
        libraries: z.record(z.string().max(400), contractAddressSchema).default({}),
      }),
    )
    .output(z.object({ data: z.string() })),
  runTests: route
    .meta({ role: "operator", examples: { all: { id: idExample } } })
    .route({
      method: "POST",
      path: `${base}/compilations/{id}/tests`,
      tags,
      summary: "Run the tests of a compilation, as server-sent events",
    })
    .input(z.strictObject({ id: compilationIdSchema, filter: z.string().max(200).optional() }))
    .output(
      eventIterator(
        z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("progress"), results: z.array(testResultSchema) }),
          z.object({
            kind: z.literal("done"),
            results: z.array(testResultSchema),
            profile: profileSchema,
          }),
          z.object({ kind: z.literal("failed"), problem: problemSchema }),
        ]),
      ),
    ),
  deployments: route
    .route({
      method: "GET",
      path: `${base}/deployments`,
      tags,
      summary: "Which contract stands at which address",
    })
    .input(z.strictObject({}))
    .output(z.object({ deployments: z.array(deploymentSchema) })),
  noteDeployment: route
    .meta({
      role: "operator",
      examples: {
        counter: { address: `0x${"12".repeat(20)}`, id: idExample, contract: "Counter" },
      },
    })
    .route({
      method: "POST",
      path: `${base}/deployments`,
      tags,
      summary:
        "Compare the code at an address with a compilation, and note the contract if it fits",
    })
    .input(
      z.strictObject({
        address: contractAddressSchema,
        id: compilationIdSchema,
        contract: contractNameSchema,
        arguments: hexDataSchema.default("0x"),
        transactionHash: z
          .string()
          .regex(/^0x[0-9a-fA-F]{64}$/)
          .nullable()
          .default(null),
      }),
    )
    .output(
      z.object({ verification: verificationSchema, deployment: deploymentSchema.nullable() }),
    ),
  forgetDeployment: route
    .meta({ role: "operator", examples: { counter: { address: `0x${"12".repeat(20)}` } } })
    .route({
      method: "DELETE",
      path: `${base}/deployments/{address}`,
      tags,
      summary: "Forget which contract stands at an address; the chain keeps it",
    })
    .input(z.strictObject({ address: contractAddressSchema }))
    .output(z.object({ address: z.string() })),
  storage: route
    .meta({
      role: "viewer",
      examples: { balances: { address: `0x${"12".repeat(20)}`, keys: [`0x${"34".repeat(20)}`] } },
    })
    .route({
      method: "POST",
      path: `${base}/storage`,
      tags,
      summary: "The state variables of a contract, out of its storage at the head",
      description:
        "A mapping does not know its keys: those that are given are looked up in every mapping whose keys have their type.",
    })
    .input(
      z.strictObject({
        address: contractAddressSchema,
        id: compilationIdSchema.optional().describe("When the address is not noted"),
        contract: contractNameSchema.optional(),
        keys: z.array(z.string().max(1_000)).max(100).default([]),
      }),
    )
    .output(z.object({ compilation: z.string(), contract: z.string(), rows: z.array(rowSchema) })),
  verify: route
    .meta({
      role: "operator",
      examples: {
        counter: { address: `0x${"12".repeat(20)}`, contract: "Counter", sources: counter },
      },
    })
    .route({
      method: "POST",
      path: `${base}/verify`,
      tags,
      summary: "Compile sources again and compare the code at an address with the result",
    })
    .input(
      z.strictObject({
        address: contractAddressSchema,
        contract: contractNameSchema,
        sources: sourcesSchema,
        settings: settingsInput,
      }),
    )
    .output(z.object({ id: z.string(), verification: verificationSchema })),
  decode: route
    .meta({
      role: "viewer",
      examples: { failure: { subject: { kind: "failure", output: "0x" } } },
    })
    .route({
      method: "POST",
      path: `${base}/decode`,
      tags,
      summary: "Read a call, deployment, event or error by the interfaces that are known",
    })
    .input(
      z.strictObject({
        subject: subjectSchema,
        compilations: z.array(compilationIdSchema).max(12).optional(),
      }),
    )
    .output(
      z.object({
        decoded: decodedSchema,
      }),
    ),
  decodeAll: route
    .meta({
      role: "viewer",
      examples: { failures: { subjects: [{ kind: "failure", output: "0x" }] } },
    })
    .route({
      method: "POST",
      path: `${base}/decode/batch`,
      tags,
      summary: "The same for several at once, such as the logs of a transaction",
    })
    .input(
      z.strictObject({
        subjects: z.array(subjectSchema).min(1).max(decodedAtOnceMax),
        compilations: z.array(compilationIdSchema).max(12).optional(),
      }),
    )
    .output(z.object({ decoded: z.array(decodedSchema) })),
};
