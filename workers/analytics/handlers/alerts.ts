/** What an operator does with an alert. */
import type { Alert } from "../contract.ts";
import type { AlertEngine } from "../core/alert-engine.ts";
import { analyticsProblem } from "../errors.ts";
import type { AnalyticsHost } from "./host.ts";
import type { Changing } from "../../service/changing.ts";

export function createAlertActions(host: AnalyticsHost, alerts: AlertEngine, changes: Changing) {
  const requireActive = (id: string): void => {
    const alert = alerts.find(id);
    if (alert === null) throw analyticsProblem("ALERT_UNKNOWN", `There is no alert ${id}.`);
    if (alert.state === "resolved") {
      throw analyticsProblem("ALERT_RESOLVED", `${id} is resolved already.`);
    }
  };
  const act = (id: string, action: () => Alert): Alert => {
    requireActive(id);
    const alert = action();
    changes.changed();
    return alert;
  };
  return {
    acknowledge: ({ id, note }: { id: string; note: string }) =>
      act(id, () => alerts.acknowledge(id, note, host.now())),
    silence: ({ id, minutes }: { id: string; minutes: number }) =>
      act(id, () => alerts.silence(id, minutes, host.now())),
  };
}
