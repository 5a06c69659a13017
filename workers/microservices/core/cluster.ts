/**
 * The orchestrator: desired state in, commands for the runtime out. `step` runs every controller
 * until none has anything left to do at this instant; time and chance are passed in, so that the
 * same calls always give the same cluster.
 */
import { strict as assert } from "node:assert";
import { clusterLimits, kubernetesDefaults } from "../limits.ts";
import { planSizes, type ReplicaSetFacts, rollingBounds } from "./deployment-controller.ts";
import { EventLog } from "./event-log.ts";
import {
  type Command,
  type KubeletHost,
  type Observation,
  observePod,
  occupiesRuntime,
  podDueAt,
  setReady,
  stepPod,
  stopContainer,
} from "./kubelet.ts";
import { randomSuffix, templateHash } from "./names.ts";
import {
  type Deployment,
  isActive,
  type Pod,
  type PodTemplate,
  type ReplicaSet,
  setCondition,
} from "./objects.ts";
import { planPods } from "./replica-set-controller.ts";

/** Rounds of the controllers in one step; reached only by a defect. */
const roundsMax = 1_000;

export class Cluster {
  readonly deployments = new Map<string, Deployment>();
  readonly replicaSets = new Map<number, ReplicaSet>();
  readonly pods = new Map<number, Pod>();
  readonly events = new EventLog();
  readonly #podsByOwner = new Map<number, Set<Pod>>();
  readonly #random: () => number;
  readonly #host: KubeletHost;
  #commands: Command[] = [];
  #uid = 0;

  /** `random`: uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
    this.#host = {
      command: (command) => this.#commands.push(command),
      event: (...event) => this.events.record(...event),
    };
  }

  /** The name must be free. */
  create(name: string, template: PodTemplate, replicas: number, now: number): Deployment {
    assert(!this.deployments.has(name));
    assert(replicas >= 0 && replicas <= clusterLimits.replicasMax);
    const deployment: Deployment = {
      name,
      uid: this.#nextUid(),
      replicas,
      template,
      createdAt: now,
      revision: 0,
      progressedAt: now,
      progressMark: "",
      conditions: [],
    };
    this.deployments.set(name, deployment);
    return deployment;
  }

  scale(deployment: Deployment, replicas: number): void {
    assert(replicas >= 0 && replicas <= clusterLimits.replicasMax);
    deployment.replicas = replicas;
  }

  setTemplate(deployment: Deployment, template: PodTemplate, now: number): void {
    deployment.template = template;
    deployment.progressedAt = now;
    deployment.conditions = deployment.conditions.filter(({ type }) => type !== "Progressing");
  }

  /** Its ReplicaSets and pods are collected by their owner, as in Kubernetes. */
  remove(deployment: Deployment): void {
    this.deployments.delete(deployment.name);
  }

  /** Deletes the pod as `kubectl delete pod --grace-period=0` does; its ReplicaSet replaces it. */
  killPod(pod: Pod, now: number): void {
    this.events.record(now, "Normal", `pod/${pod.name}`, "Killing", "Killed on request");
    this.#endPod(pod, now, 0);
  }

  /** The server ends with code 137; the kubelet restarts it inside the pod. */
  killContainer(pod: Pod, now: number): void {
    assert(pod.container.kind === "running");
    this.events.record(now, "Normal", `pod/${pod.name}`, "Killing", "Container killed on request");
    stopContainer(pod, 0, this.#host);
  }

  observe(seen: Observation, now: number): void {
    const pod = this.pods.get(seen.pod);
    if (pod === undefined) return;
    observePod(pod, seen, now, this.#host);
    if (pod.deletionAt !== null && !occupiesRuntime(pod)) this.#forget(pod);
  }

  /** Brings the cluster as far as it can be brought now; returns what the runtime has to do. */
  step(now: number): Command[] {
    for (let round = 0; this.#runControllers(now); round++) assert(round < roundsMax);
    this.#schedule(now);
    for (const pod of this.pods.values()) stepPod(pod, now, this.#host);
    for (const deployment of this.deployments.values()) this.#report(deployment, now);
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  /** When the next step has something to do although nothing was observed; Infinity if never. */
  dueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const pod of this.pods.values()) due = Math.min(due, podDueAt(pod));
    for (const { conditions, progressedAt } of this.deployments.values()) {
      const progressing = conditions.find(({ type }) => type === "Progressing");
      if (progressing?.reason === "ReplicaSetUpdated") {
        due = Math.min(due, progressedAt + kubernetesDefaults.progressDeadlineMs);
      }
    }
    return due;
  }

  replicaSetsOf(deployment: Deployment): ReplicaSet[] {
    return [...this.replicaSets.values()].filter(({ owner }) => owner === deployment.uid);
  }

  podsOf(replicaSet: ReplicaSet): Pod[] {
    return [...(this.#podsByOwner.get(replicaSet.uid) ?? [])];
  }

  newestReplicaSet(deployment: Deployment): ReplicaSet | undefined {
    const hash = templateHash(deployment.template);
    return this.replicaSetsOf(deployment).find((each) => each.templateHash === hash);
  }

  /** @returns whether anything changed. */
  #runControllers(now: number): boolean {
    let changed = this.#collectGarbage(now);
    for (const deployment of this.deployments.values()) {
      changed = this.#syncDeployment(deployment, now) || changed;
    }
    for (const replicaSet of this.replicaSets.values()) {
      changed = this.#syncReplicaSet(replicaSet, now) || changed;
    }
    return changed;
  }

  #collectGarbage(now: number): boolean {
    let changed = false;
    const owners = new Set([...this.deployments.values()].map(({ uid }) => uid));
    for (const replicaSet of this.replicaSets.values()) {
      if (owners.has(replicaSet.owner)) continue;
      this.replicaSets.delete(replicaSet.uid);
      changed = true;
    }
    for (const pod of this.pods.values()) {
      if (this.replicaSets.has(pod.owner) || pod.deletionAt !== null) continue;
      this.#endPod(pod, now, kubernetesDefaults.terminationGraceMs);
      changed = true;
    }
    return changed;
  }

  #syncDeployment(deployment: Deployment, now: number): boolean {
    const newest = this.newestReplicaSet(deployment);
    if (newest === undefined) {
      this.#createReplicaSet(deployment, now);
      return true;
    }
    let changed = false;
    if (newest.revision !== deployment.revision) {
      // An earlier template again: its ReplicaSet becomes the newest revision.
      deployment.revision += 1;
      newest.revision = deployment.revision;
      changed = true;
    }
    const old = this.replicaSetsOf(deployment).filter(({ uid }) => uid !== newest.uid);
    const facts = (set: ReplicaSet) => this.#factsOf(set);
    const sizes = planSizes(deployment.replicas, facts(newest), old.map(facts));
    for (const [uid, size] of sizes) {
      const replicaSet = this.replicaSets.get(uid);
      assert(replicaSet !== undefined && size !== replicaSet.replicas && size >= 0);
      const way = size > replicaSet.replicas ? "up" : "down";
      this.events.record(
        now,
        "Normal",
        `deployment/${deployment.name}`,
        "ScalingReplicaSet",
        `Scaled ${way} replica set ${replicaSet.name} from ${replicaSet.replicas} to ${size}`,
      );
      replicaSet.replicas = size;
      changed = true;
    }
    return this.#trimHistory(old) || changed;
  }

  #createReplicaSet(deployment: Deployment, now: number): void {
    const { name, uid, template } = deployment;
    const hash = templateHash(template);
    deployment.revision += 1;
    const replicaSet: ReplicaSet = {
      name: `${name}-${hash}`,
      uid: this.#nextUid(),
      owner: uid,
      deployment: name,
      templateHash: hash,
      template,
      createdAt: now,
      revision: deployment.revision,
      replicas: 0,
    };
    this.replicaSets.set(replicaSet.uid, replicaSet);
  }

  #trimHistory(old: readonly ReplicaSet[]): boolean {
    const empty = old
      .filter((each) => each.replicas === 0 && this.podsOf(each).length === 0)
      .toSorted((a, b) => b.revision - a.revision)
      .slice(kubernetesDefaults.revisionHistoryLimit);
    for (const { uid } of empty) this.replicaSets.delete(uid);
    return empty.length > 0;
  }

  #syncReplicaSet(replicaSet: ReplicaSet, now: number): boolean {
    const { create, remove } = planPods(replicaSet, this.podsOf(replicaSet));
    for (let made = 0; made < create; made++) this.#createPod(replicaSet, now);
    for (const pod of remove) {
      this.#tell(replicaSet, now, "SuccessfulDelete", `Deleted pod: ${pod.name}`);
      this.#endPod(pod, now, kubernetesDefaults.terminationGraceMs);
    }
    return create > 0 || remove.length > 0;
  }

  #createPod(replicaSet: ReplicaSet, now: number): void {
    const { uid: owner, name: replicaSetName, deployment, template } = replicaSet;
    const pod: Pod = {
      name: `${replicaSetName}-${randomSuffix(this.#random)}`,
      uid: this.#nextUid(),
      owner,
      replicaSet: replicaSetName,
      deployment,
      template,
      createdAt: now,
      scheduled: false,
      phase: "Pending",
      container: { kind: "waiting", reason: "ContainerCreating", message: null },
      ready: false,
      readyAt: null,
      restarts: 0,
      attempt: 0,
      starting: false,
      next: null,
      retryAt: null,
      backOffMs: 0,
      lastTermination: null,
      deletionAt: null,
      stopping: false,
      probes: [],
      readinessSpec: null,
      livenessSpec: null,
      conditions: [],
    };
    this.pods.set(pod.uid, pod);
    const siblings = this.#podsByOwner.get(owner) ?? new Set();
    this.#podsByOwner.set(owner, siblings.add(pod));
    this.#tell(replicaSet, now, "SuccessfulCreate", `Created pod: ${pod.name}`);
  }

  /** There is one node: this thread. */
  #schedule(now: number): void {
    let bound = 0;
    for (const pod of this.pods.values()) if (pod.scheduled) bound += 1;
    for (const pod of this.pods.values()) {
      if (pod.scheduled || pod.deletionAt !== null) continue;
      if (bound >= clusterLimits.podsMax) {
        const message = "0/1 nodes are available: 1 Too many pods.";
        setCondition(pod.conditions, now, "PodScheduled", "False", "Unschedulable", message);
        continue;
      }
      bound += 1;
      pod.scheduled = true;
      pod.next = { kind: "pull", at: now };
      setCondition(pod.conditions, now, "PodScheduled", "True");
      setCondition(pod.conditions, now, "Initialized", "True");
      setReady(pod, false, now);
    }
  }

  #endPod(pod: Pod, now: number, graceMs: number): void {
    if (pod.deletionAt === null) pod.deletionAt = now;
    setReady(pod, false, now);
    pod.next = null;
    if (occupiesRuntime(pod)) stopContainer(pod, graceMs, this.#host);
    else this.#forget(pod);
  }

  #forget(pod: Pod): void {
    this.pods.delete(pod.uid);
    const siblings = this.#podsByOwner.get(pod.owner);
    siblings?.delete(pod);
    if (siblings?.size === 0) this.#podsByOwner.delete(pod.owner);
    this.#commands.push({ kind: "forget", pod: pod.uid });
  }

  /** Conditions of a deployment (DeploymentComplete, DeploymentTimedOut). */
  #report(deployment: Deployment, now: number): void {
    const { replicas, conditions } = deployment;
    const sets = this.replicaSetsOf(deployment).map((each) => this.#factsOf(each));
    const newest = this.newestReplicaSet(deployment);
    const available = sets.reduce((sum, each) => sum + each.available, 0);
    const enough = available >= replicas - rollingBounds(replicas).maxUnavailable;
    setCondition(
      conditions,
      now,
      "Available",
      enough ? "True" : "False",
      enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      enough
        ? "Deployment has minimum availability."
        : "Deployment does not have minimum availability.",
    );
    const mark = JSON.stringify([newest?.uid, ...sets.map((each) => Object.values(each))]);
    if (mark !== deployment.progressMark) {
      deployment.progressMark = mark;
      deployment.progressedAt = now;
    }
    const progressing = conditions.find(({ type }) => type === "Progressing");
    if (progressing?.reason === "NewReplicaSetAvailable") return;
    const complete =
      newest !== undefined &&
      this.#factsOf(newest).available >= replicas &&
      sets.every(({ uid, replicas: size }) => uid === newest.uid || size === 0);
    const late = now - deployment.progressedAt >= kubernetesDefaults.progressDeadlineMs;
    const name = newest?.name ?? deployment.name;
    if (complete) {
      const message = `ReplicaSet "${name}" has successfully progressed.`;
      setCondition(conditions, now, "Progressing", "True", "NewReplicaSetAvailable", message);
    } else if (late) {
      const message = `ReplicaSet "${name}" has timed out progressing.`;
      setCondition(conditions, now, "Progressing", "False", "ProgressDeadlineExceeded", message);
    } else {
      const message = `ReplicaSet "${name}" is progressing.`;
      setCondition(conditions, now, "Progressing", "True", "ReplicaSetUpdated", message);
    }
  }

  #factsOf(replicaSet: ReplicaSet): ReplicaSetFacts {
    const { uid, createdAt, replicas } = replicaSet;
    const ready = this.podsOf(replicaSet).filter((pod) => pod.ready && isActive(pod));
    return { uid, createdAt, replicas, available: ready.length };
  }

  #tell(replicaSet: ReplicaSet, now: number, reason: string, message: string): void {
    this.events.record(now, "Normal", `replicaset/${replicaSet.name}`, reason, message);
  }

  #nextUid(): number {
    return (this.#uid += 1);
  }
}
