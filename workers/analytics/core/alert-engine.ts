/**
 * Alerts as a pure state machine under a passed-in clock: pending while the condition has not held
 * long enough, firing, resolved after it was clear long enough. Unknown readings change nothing but
 * end what was only pending.
 */
import type { Alert, AlertsOutput } from "../contract.ts";
import { alertLimits } from "../limits.ts";
import type { Finding, Observation, Rule } from "./alert-rules.ts";

interface Active {
  readonly alert: Alert;
  /** When the condition was first clear; null while it is not. */
  readonly clearSince: number | null;
}

export class AlertEngine {
  readonly #rules: readonly Rule[];
  #next = 1;
  /** By rule and subject. */
  readonly #active = new Map<string, Active>();
  readonly #silences = new Map<string, number>();
  /** Resolved ones, oldest first. */
  readonly #history: Alert[] = [];
  #dropped = 0;

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Whether an alert began, fired or ended. */
  evaluate(observation: Observation): boolean {
    let changed = false;
    for (const rule of this.#rules) {
      const findings = rule.find(observation);
      for (const finding of findings) {
        if (this.#apply(rule, finding, observation.at)) changed = true;
      }
    }
    return changed;
  }

  list(at: number): AlertsOutput {
    const active = [...this.#active.values()].map(({ alert }) => alert);
    return {
      at,
      firing: this.firing,
      pending: active.length - this.firing,
      active: active.toSorted((a, b) => b.since - a.since),
      history: this.#history.toReversed(),
      dropped: this.#dropped,
      rules: this.#rules.map(({ id, category, severity, title, condition, forMs }) => ({
        id,
        category,
        severity,
        title,
        condition,
        forMs,
      })),
    };
  }

  get firing(): number {
    return [...this.#active.values()].filter(({ alert }) => alert.state === "firing").length;
  }

  get pending(): number {
    return this.#active.size - this.firing;
  }

  find(id: string): Alert | null {
    for (const { alert } of this.#active.values()) if (alert.id === id) return alert;
    return this.#history.find((alert) => alert.id === id) ?? null;
  }

  /** The alert must be active. */
  acknowledge(id: string, note: string, at: number): Alert {
    return this.#change(id, (alert) => ({
      ...alert,
      acknowledgedAt: at,
      note: note === "" ? alert.note : note,
    }));
  }

  /** Also holds for later alerts of the same rule and subject; 0 minutes end it. */
  silence(id: string, minutes: number, at: number): Alert {
    return this.#change(id, (alert) => {
      const silencedUntil = minutes === 0 ? null : at + minutes * 60_000;
      const key = keyOf(alert.rule, alert.subject);
      if (silencedUntil === null) this.#silences.delete(key);
      else this.#silences.set(key, silencedUntil);
      return { ...alert, silencedUntil };
    });
  }

  #apply(rule: Rule, finding: Finding, at: number): boolean {
    const key = keyOf(rule.id, finding.subject);
    const active = this.#active.get(key);
    if (active === undefined) {
      return finding.verdict === "breached" && this.#begin(key, rule, finding, at);
    }
    const alert = this.#withoutOldSilence(key, active.alert, at);
    if (alert.state === "pending") return this.#stepPending(key, rule, finding, alert, at);
    return this.#stepFiring(key, rule, finding, { ...active, alert }, at);
  }

  #begin(key: string, rule: Rule, finding: Finding, at: number): boolean {
    const { value, observed, action, evidence, subject } = finding;
    const alert: Alert = {
      id: `alert-${this.#next}`,
      rule: rule.id,
      category: rule.category,
      severity: rule.severity,
      state: rule.forMs === 0 ? "firing" : "pending",
      title: rule.title,
      subject,
      observed,
      value,
      since: at,
      firedAt: rule.forMs === 0 ? at : null,
      resolvedAt: null,
      action,
      evidence,
      acknowledgedAt: null,
      note: null,
      silencedUntil: this.#silenceOf(key, at),
    };
    this.#next += 1;
    this.#active.set(key, { alert, clearSince: null });
    return true;
  }

  #stepPending(key: string, rule: Rule, finding: Finding, alert: Alert, at: number): boolean {
    if (finding.verdict !== "breached") {
      this.#active.delete(key);
      return true;
    }
    const fires = at - alert.since >= rule.forMs;
    this.#active.set(key, {
      alert: {
        ...alert,
        ...observedIn(finding),
        ...(fires ? { state: "firing" as const, firedAt: at } : {}),
      },
      clearSince: null,
    });
    return fires;
  }

  #stepFiring(key: string, rule: Rule, finding: Finding, active: Active, at: number): boolean {
    const { alert } = active;
    if (finding.verdict === "breached") {
      this.#active.set(key, { alert: { ...alert, ...observedIn(finding) }, clearSince: null });
      return false;
    }
    if (finding.verdict !== "clear") {
      this.#active.set(key, { alert, clearSince: null });
      return false;
    }
    const clearSince = active.clearSince ?? at;
    if (at - clearSince < rule.clearForMs) {
      this.#active.set(key, { alert, clearSince });
      return false;
    }
    this.#active.delete(key);
    this.#history.push({ ...alert, state: "resolved", resolvedAt: at });
    if (this.#history.length > alertLimits.historyMax) {
      this.#history.shift();
      this.#dropped += 1;
    }
    return true;
  }

  #change(id: string, change: (alert: Alert) => Alert): Alert {
    for (const [key, active] of this.#active) {
      if (active.alert.id !== id) continue;
      const alert = change(active.alert);
      this.#active.set(key, { ...active, alert });
      return alert;
    }
    throw new RangeError(`${id} is not active.`);
  }

  #silenceOf(key: string, at: number): number | null {
    const until = this.#silences.get(key) ?? null;
    if (until !== null && until <= at) this.#silences.delete(key);
    return until !== null && until > at ? until : null;
  }

  #withoutOldSilence(key: string, alert: Alert, at: number): Alert {
    const silencedUntil = this.#silenceOf(key, at);
    return alert.silencedUntil === silencedUntil ? alert : { ...alert, silencedUntil };
  }
}

function keyOf(rule: string, subject: string): string {
  return `${rule} ${subject}`;
}

/** What is seen now; the last sight of the condition stays when it is over. */
function observedIn({ value, observed, action, evidence }: Finding) {
  return { value, observed, action, evidence };
}
