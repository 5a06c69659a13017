/** Alerts on the platform's own readings, and the rules that raise them. */
import { eventIterator } from "@orpc/contract";
import { z } from "zod";
import { route } from "../service/contract.ts";

export const alertNoteLengthMax = 500;
const silenceMinutesMax = 1_440;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

const alertCategories = ["health", "performance", "capacity", "security"] as const;
const alertStates = ["pending", "firing", "resolved"] as const;

const alertSchema = z.object({
  id: z.string(),
  rule: z.string(),
  category: z.enum(alertCategories),
  severity: z.enum(["warning", "critical"]),
  state: z.enum(alertStates),
  title: z.string(),
  subject: z.string().describe("The thread it is about, or `platform`"),
  observed: z.string().describe("What was observed, with its limit"),
  value: z.number().nullable(),
  since: atSchema.describe("When the condition was first seen"),
  firedAt: atSchema.nullable(),
  resolvedAt: atSchema.nullable(),
  action: z.string().describe("What to do"),
  evidence: z.string().describe("Path of the screen that shows it"),
  acknowledgedAt: atSchema.nullable(),
  note: z.string().nullable(),
  silencedUntil: atSchema.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

const alertRuleSchema = z.object({
  id: z.string(),
  category: z.enum(alertCategories),
  severity: z.enum(["warning", "critical"]),
  title: z.string(),
  condition: z.string().describe("When it fires and when it resolves, in words"),
  forMs: z.number().describe("How long the condition must hold"),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

const alertsOutputSchema = z.object({
  at: atSchema,
  firing: z.int(),
  pending: z.int(),
  active: z.array(alertSchema).describe("Pending and firing, newest first"),
  history: z.array(alertSchema).describe("Resolved, newest first"),
  dropped: z.int().describe("Resolved alerts that were forgotten to stay within the limit"),
  rules: z.array(alertRuleSchema),
});
export type AlertsOutput = z.infer<typeof alertsOutputSchema>;

const alertIdSchema = z.string().regex(/^alert-\d{1,9}$/, "An alert id looks like alert-12");

const nothing = z.strictObject({});

const read = (path: `/${string}`, summary: string, meta: { readonly cacheMs?: number } = {}) =>
  route.meta({ role: "viewer", ...meta }).route({ method: "GET", path, tags: ["Alerts"], summary });

export const alertsContract = {
  list: read("/api/alerts", "Alerts that are pending, firing or resolved, and the rules", {
    cacheMs: 100,
  })
    .input(nothing)
    .output(alertsOutputSchema),
  watch: read("/api/alerts/watch", "The alerts as a stream of server-sent events", {})
    .input(nothing)
    .output(eventIterator(alertsOutputSchema)),
  acknowledge: route
    .meta({ role: "operator", examples: { note: { id: "alert-1", note: "Looking into it" } } })
    .route({
      method: "POST",
      path: "/api/alerts/{id}/acknowledge",
      tags: ["Alerts"],
      summary: "Say that someone takes care of an alert, with a note",
    })
    .input(
      z.strictObject({ id: alertIdSchema, note: z.string().max(alertNoteLengthMax).default("") }),
    )
    .output(alertSchema),
  silence: route
    .meta({ role: "operator", examples: { hour: { id: "alert-1", minutes: 60 } } })
    .route({
      method: "POST",
      path: "/api/alerts/{id}/silence",
      tags: ["Alerts"],
      summary: "Keep this rule quiet for this subject for some minutes; 0 ends the silence",
    })
    .input(z.strictObject({ id: alertIdSchema, minutes: z.int().min(0).max(silenceMinutesMax) }))
    .output(alertSchema),
};
