import { beforeEach, expect, it } from "vitest";
import type { Admit } from "../../../core/controllers/pod-control.ts";
import { ApiError } from "../../../core/store/api-error.ts";
import { ObjectStore } from "../../../core/store/object-store.ts";
import { controllerAdmission } from "./controller-admission.ts";

let store: ObjectStore;
let admit: Admit;

beforeEach(() => {
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  store = new ObjectStore({ now: () => Date.UTC(2026, 0, 1), random });
  store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
  admit = controllerAdmission(store);
});

const podOf = (spec: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { generateName: "web-", namespace: "default" },
  spec: spec as { priority?: number; tolerations?: object[] },
});
const makeClass = (value: number) =>
  store.create({
    apiVersion: "scheduling.k8s.io/v1",
    kind: "PriorityClass",
    metadata: { name: "high" },
    value,
  });

it("gives pods of controllers their priority, and shares what pods of one template have", () => {
  makeClass(7);
  const spec = { containers: [{ name: "c", image: "echo" }], priorityClassName: "high" };
  const [first, second] = [admit(podOf(spec)), admit(podOf(spec))];
  expect(first.spec).toMatchObject({ priority: 7, serviceAccountName: "default" });
  expect(second.spec).toBe(first.spec);
  expect(spec).not.toHaveProperty("priority");
  store.delete("priorityclasses.scheduling.k8s.io", undefined, "high");
  makeClass(9);
  expect(admit(podOf(spec)).spec.priority).toBe(9);
});

it("lets those that ask for simulated nodes tolerate their taint, and nobody else", () => {
  const containers = [{ name: "c", image: "echo" }];
  const taint = expect.objectContaining({ key: "demo.dev/runtime", effect: "NoSchedule" });
  const simulated = { containers, nodeSelector: { "demo.dev/runtime": "simulated" } };
  expect(admit(podOf(simulated)).spec.tolerations).toContainEqual(taint);
  expect(admit(podOf({ containers })).spec.tolerations).not.toContainEqual(taint);
});

it("holds pods of controllers to the quota", () => {
  store.create({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "few", namespace: "default" },
    spec: { hard: { pods: "1" } },
  });
  const pod = podOf({ containers: [{ name: "c", image: "echo" }] });
  store.create(admit(pod));
  expect(() => admit(pod)).toThrow(ApiError);
  expect(() => admit(pod)).toThrow(/exceeded quota: few, requested: pods=1, used: pods=1/);
});
