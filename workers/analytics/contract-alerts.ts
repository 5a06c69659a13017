/** The shapes of alerts and their rules. */
import { z } from "zod";

export const alertNoteLengthMax = 500;
export const silenceMinutesMax = 1_440;

const atSchema = z.number().describe("Milliseconds since the Unix epoch");

export const alertCategories = ["health", "performance", "capacity", "security"] as const;
export const alertStates = ["pending", "firing", "resolved"] as const;

export const alertSchema = z.object({
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

export const alertsOutputSchema = z.object({
  at: atSchema,
  firing: z.int(),
  pending: z.int(),
  active: z.array(alertSchema).describe("Pending and firing, newest first"),
  history: z.array(alertSchema).describe("Resolved, newest first"),
  dropped: z.int().describe("Resolved alerts that were forgotten to stay within the limit"),
  rules: z.array(alertRuleSchema),
});
export type AlertsOutput = z.infer<typeof alertsOutputSchema>;

export const alertIdSchema = z.string().regex(/^alert-\d{1,9}$/, "An alert id looks like alert-12");
