/** The error catalogue of the analytics thread. */
import { type ErrorCatalogue, problemsOf } from "../service/errors.ts";

export const analyticsErrors = {
  SERIES_UNKNOWN: {
    status: 404,
    title: "No such series",
    remedy: "GET /api/analytics/series lists the ids of all series.",
  },
  ALERT_UNKNOWN: {
    status: 404,
    title: "No such alert",
    remedy: "GET /api/alerts lists the alerts; forgotten ones cannot be changed.",
  },
  ALERT_RESOLVED: {
    status: 409,
    title: "The alert is over",
    remedy: "Acknowledge or silence alerts that are pending or firing.",
  },
} as const satisfies ErrorCatalogue;

export const analyticsProblem = problemsOf(analyticsErrors);
