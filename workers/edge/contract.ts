/** Edge: its API. Computed in the edge thread, reachable through every port. */
import { z } from "zod";
import { route } from "../service/contract.ts";

export const nodesMax = 1_000;
export const dataLengthMax = 16_384;
export const recentRequestsMax = 200;
export const smoothWindowMax = 101;

export const requestTypes = ["ai_inference", "data_processing"] as const;
export const modelNames = ["image_classifier"] as const;
export const operations = ["statistics", "normalize", "smooth"] as const;
export type Operation = (typeof operations)[number];

const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const placeName = z.string().trim().min(1).max(64);

export const positionSchema = z.strictObject({ latitude, longitude });
export type Position = z.infer<typeof positionSchema>;

export const nodeStates = ["healthy", "failed"] as const;

const capabilitiesSchema = z.strictObject({
  cpu: z.int().min(1).max(1_024).describe("Requests that the node works on at the same time"),
  memory: z.int().min(1).max(16_777_216).describe("MiB"),
  storage: z.int().min(1).max(1_048_576).describe("GiB"),
});
export type Capabilities = z.infer<typeof capabilitiesSchema>;

const percentilesSchema = z
  .object({ p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() })
  .describe("Milliseconds");

export const nodeSchema = z.object({
  id: z.string(),
  place: z.string(),
  country: z.string().nullable().describe("ISO 3166-1 alpha-2; null for coordinates of your own"),
  latitude: z.number(),
  longitude: z.number(),
  state: z.enum(nodeStates),
  since: z.number().describe("When the present state began, milliseconds since the Unix epoch"),
  capabilities: capabilitiesSchema,
  running: z.int().describe("Requests in work now"),
  queued: z.int().describe("Requests waiting now"),
  queueMax: z.int(),
  completed: z.int().describe("Requests answered since the node was added"),
  rerouted: z.int().describe("Requests that went to others because this node failed under them"),
  serviceMs: z.number().nullable().describe("Moving average of measured compute time"),
  cpuFraction: z
    .number()
    .min(0)
    .max(1)
    .describe("Measured compute time over the last ten seconds, as a share of its cpu"),
  memoryUsedBytes: z.number().describe("Loaded models, cached results and waiting data"),
  receivedBytes: z.number().describe("Request data since it was added, 8 bytes a number"),
  sentBytes: z.number().describe("Result data since it was added, as JSON"),
  models: z.array(z.string()).describe("Models that it has loaded"),
  cache: z.object({
    hits: z.int(),
    misses: z.int(),
    expired: z.int().describe("Misses because the time to live had run out"),
    evicted: z.int(),
    entries: z.int(),
    entriesMax: z.int(),
    bytes: z.number(),
    ttlMs: z.number(),
    hitMs: z.number().nullable().describe("Moving average of the time that a hit took"),
  }),
});
export type EdgeNode = z.infer<typeof nodeSchema>;

const candidateSchema = z.object({
  node: z.string(),
  distanceKm: z.number().describe("Great circle"),
  networkMs: z.number().describe("Modelled round trip"),
  waitMs: z.number().describe("Expected wait: work ahead, by its measured compute time"),
  computeMs: z.number().describe("Expected compute time"),
  scoreMs: z.number().describe("Sum of the three; the lowest wins"),
});
export type Candidate = z.infer<typeof candidateSchema>;

const excludedSchema = z.object({
  node: z.string(),
  reason: z.enum(["failed", "queue full", "too little memory"]),
});

const routeChoiceSchema = z.object({
  from: z.object({ place: z.string().nullable(), latitude: z.number(), longitude: z.number() }),
  reason: z.string().describe("Why this node, in a sentence"),
  candidates: z.array(candidateSchema).describe("The best few, lowest score first"),
  candidatesTotal: z.int(),
  excluded: z.array(excludedSchema).describe("The first few that could not be chosen, and why"),
});

export const statisticsSchema = z.object({
  count: z.int(),
  sum: z.number(),
  mean: z.number(),
  standardDeviation: z.number().describe("Of the population"),
  minimum: z.number(),
  quartile1: z.number(),
  median: z.number(),
  quartile3: z.number(),
  maximum: z.number(),
});

export const resultSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("classification"),
    model: z.string(),
    label: z.string(),
    confidence: z.number(),
    probabilities: z.array(z.object({ label: z.string(), probability: z.number() })),
    resampled: z
      .object({ from: z.int(), to: z.int(), method: z.enum(["linear", "bilinear"]) })
      .nullable()
      .describe("Set when the input had another length than the model's"),
    scaled: z
      .enum(["none", "8-bit", "min-max"])
      .describe("How values were brought into 0 to 1: as they are, by 255, or by their range"),
    note: z.string().nullable().describe("What to know before trusting the answer"),
  }),
  z.object({ kind: z.literal("statistics"), statistics: statisticsSchema }),
  z.object({
    kind: z.literal("series"),
    operation: z.enum(["normalize", "smooth"]),
    values: z.array(z.number()),
  }),
]);
export type EdgeResult = z.infer<typeof resultSchema>;

export const processInputSchema = z.strictObject({
  type: z
    .string()
    .max(64)
    .describe(`One of ${requestTypes.join(", ")}`),
  model: z
    .string()
    .max(64)
    .optional()
    .describe(`For ai_inference: ${modelNames.join(", ")}`),
  operation: z
    .string()
    .max(64)
    .optional()
    .describe(`For data_processing: ${operations.join(", ")}; statistics when left out`),
  // Beyond 1e100 squares and sums would no longer be finite numbers.
  data: z.array(z.number().min(-1e100).max(1e100)).min(1).max(dataLengthMax),
  window: z
    .int()
    .min(1)
    .max(smoothWindowMax)
    .optional()
    .describe("For smooth: values in the centred moving average; 5 when left out"),
  from: z
    .union([placeName, positionSchema])
    .optional()
    .describe("Where the client is: a known place or coordinates; Frankfurt when left out"),
  cache: z.enum(["use", "bypass"]).optional().describe("bypass always computes anew"),
});
export type ProcessInput = z.infer<typeof processInputSchema>;

export const processOutputSchema = z.object({
  requestId: z.string(),
  type: z.enum(requestTypes),
  node: z.object({ id: z.string(), place: z.string() }),
  cache: z.enum(["hit", "miss", "bypassed"]),
  queueMs: z.number().describe("Measured: waiting in the node's queue"),
  computeMs: z.number().describe("Measured: computing, or looking up a cached result"),
  networkMs: z.number().describe("Modelled, not waited for: round trip between client and node"),
  totalMs: z.number().describe("Sum of queue, compute and modelled network"),
  route: routeChoiceSchema,
  result: resultSchema,
});
export type ProcessOutput = z.infer<typeof processOutputSchema>;

export const addNodeInputSchema = z.strictObject({
  location: placeName.describe(
    "A known place, any name with coordinates, or “New Region” for the nearest free known place",
  ),
  latitude: latitude.optional(),
  longitude: longitude.optional(),
  capabilities: capabilitiesSchema,
});
export type AddNodeInput = z.infer<typeof addNodeInputSchema>;

export const requestRecordSchema = processOutputSchema
  .pick({ requestId: true, type: true, cache: true, queueMs: true, computeMs: true })
  .extend({
    at: z.number(),
    node: z.string(),
    networkMs: z.number(),
    subject: z.string().describe("The model or operation"),
    outcome: z.string().describe("The label, or what was computed"),
    from: z.object({
      place: z.string().nullable(),
      latitude: z.number(),
      longitude: z.number(),
    }),
  });
export type RequestRecord = z.infer<typeof requestRecordSchema>;

export const modelSchema = z.object({
  name: z.string(),
  task: z.string(),
  architecture: z.string(),
  inputShape: z.array(z.int()),
  labels: z.array(z.string()),
  parameters: z.int(),
  weightsBytes: z.int(),
  training: z.object({
    source: z.string(),
    date: z.string(),
    seed: z.int(),
    epochs: z.int(),
    trainingSamples: z.int(),
    heldBackSamples: z.int(),
    heldBackAccuracy: z.number(),
    confusion: z.array(z.array(z.int())).describe("Rows: the true digit; columns: the answer"),
  }),
  inferences: z.int().describe("Computed since the thread started, cached answers not counted"),
  latency: percentilesSchema.nullable().describe("Of the last thousand inferences, measured"),
});
export type Model = z.infer<typeof modelSchema>;

const nodeIdInput = z.strictObject({ id: z.string().min(1).max(80) });
const tags = ["Edge"];

export const processExamples = {
  "classify five numbers": {
    type: "ai_inference",
    model: "image_classifier",
    data: [1, 2, 3, 4, 5],
  },
  "from Tokyo": {
    type: "ai_inference",
    model: "image_classifier",
    data: [1, 2, 3, 4, 5],
    from: "Tokyo",
  },
  statistics: { type: "data_processing", operation: "statistics", data: [3, 1, 4, 1, 5, 9, 2, 6] },
  "smooth a series": {
    type: "data_processing",
    operation: "smooth",
    window: 3,
    data: [3, 1, 4, 1, 5, 9, 2, 6],
  },
};

export const addNodeExamples = {
  "a new region": {
    location: "New Region",
    capabilities: { cpu: 4, memory: 8_192, storage: 100 },
  },
  "a known place": { location: "Zurich", capabilities: { cpu: 2, memory: 4_096, storage: 50 } },
  "coordinates of your own": {
    location: "Longyearbyen",
    latitude: 78.22,
    longitude: 15.65,
    capabilities: { cpu: 1, memory: 1_024, storage: 10 },
  },
};

export const edgeContract = {
  status: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/edge/status",
      tags,
      summary: "Every edge node with its load, resources and cache, and the verdict over them",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        status: z.enum(["healthy", "degraded", "failed"]),
        verdict: z.string(),
        at: z.number(),
        nodes: z.array(nodeSchema),
        nodesMax: z.int(),
        totals: z.object({
          nodes: z.int(),
          healthy: z.int(),
          running: z.int(),
          queued: z.int(),
          completed: z.int(),
          cacheHits: z.int(),
          cacheMisses: z.int(),
        }),
        latency: percentilesSchema
          .nullable()
          .describe("Queue and compute of the last thousand requests, measured; no network"),
        defaultFrom: z.string().describe("The place of clients that name none"),
      }),
    ),
  process: route
    .meta({ role: "operator", examples: processExamples })
    .route({
      method: "POST",
      path: "/api/edge/process",
      tags,
      summary: "Route a request to the node that should answer first, and compute it there",
      description:
        "The network time is modelled from great-circle distance and not waited for; queue and compute time are measured.",
    })
    .input(processInputSchema)
    .output(processOutputSchema),
  addNode: route
    .meta({ role: "operator", examples: addNodeExamples })
    .route({ method: "POST", path: "/api/edge/add-node", tags, summary: "Add an edge node" })
    .input(addNodeInputSchema)
    .output(
      z.object({
        node: nodeSchema,
        placement: z.string().describe("Where the node stands and why there"),
      }),
    ),
  removeNode: route
    .meta({ role: "operator", examples: { Frankfurt: { id: "edge-frankfurt" } } })
    .route({
      method: "POST",
      path: "/api/edge/remove-node",
      tags,
      summary: "Remove an edge node; what it had not finished goes to others",
    })
    .input(nodeIdInput)
    .output(z.object({ removed: z.string(), rerouted: z.int() })),
  failNode: route
    .meta({ role: "operator", examples: { Frankfurt: { id: "edge-frankfurt" } } })
    .route({
      method: "POST",
      path: "/api/edge/fail-node",
      tags,
      summary: "Fail a node on purpose; its waiting requests go to others and its cache is lost",
    })
    .input(nodeIdInput)
    .output(z.object({ node: nodeSchema, rerouted: z.int() })),
  recoverNode: route
    .meta({ role: "operator", examples: { Frankfurt: { id: "edge-frankfurt" } } })
    .route({
      method: "POST",
      path: "/api/edge/recover-node",
      tags,
      summary: "Bring a failed node back, with an empty cache",
    })
    .input(nodeIdInput)
    .output(z.object({ node: nodeSchema })),
  requests: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/edge/requests",
      tags,
      summary: "The last requests and the nodes that answered them, newest first",
    })
    .input(
      z.strictObject({ limit: z.coerce.number().int().min(1).max(recentRequestsMax).optional() }),
    )
    .output(z.object({ requests: z.array(requestRecordSchema), total: z.int() })),
  models: route
    .meta({ role: "viewer", cacheMs: 100 })
    .route({
      method: "GET",
      path: "/api/edge/models",
      tags,
      summary: "Each model with its training record and its measured inference latency",
    })
    .input(z.strictObject({}))
    .output(z.object({ models: z.array(modelSchema) })),
  places: route
    .meta({ role: "viewer", cacheMs: 1_000 })
    .route({
      method: "GET",
      path: "/api/edge/places",
      tags,
      summary: "The places known by name, and how many nodes stand in each",
    })
    .input(z.strictObject({}))
    .output(
      z.object({
        places: z.array(
          z.object({
            name: z.string(),
            country: z.string(),
            latitude: z.number(),
            longitude: z.number(),
            nodes: z.int(),
          }),
        ),
      }),
    ),
};
