/**
 * The kubelets of all nodes: what each does about the pods bound to it. Commands go out to the
 * runtimes, what they saw comes back by `hear`; pods that need nothing cost nothing.
 */
import { nodeLimits } from "../../limits.ts";
import type { Budget, Controller } from "../controllers/controller.ts";
import type { EventRecorder } from "../controllers/event-recorder.ts";
import { KeyedHeap } from "../scheduling/heap.ts";
import type { Change } from "../store/change-log.ts";
import type { ObjectStore } from "../store/object-store.ts";
import type { ObjectOf } from "../store/objects.ts";
import type { KubeletContext } from "./container-run.ts";
import { PodAddresses } from "./pod-addresses.ts";
import { statusOf } from "./pod-status.ts";
import { PodWorker } from "./pod-worker.ts";
import type { RuntimeHost, RuntimeObservation } from "./runtime-messages.ts";

type Pod = ObjectOf<"pods">;

/** How soon the kubelet looks again at what it cannot do yet. */
const relistMs = 1_000;

export interface KubeletOptions {
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly host: RuntimeHost;
}

export class Kubelet implements Controller {
  readonly name = "kubelet";
  readonly #store: ObjectStore;
  readonly #events: EventRecorder;
  readonly #host: RuntimeHost;
  readonly #workers = new Map<string, PodWorker>();
  /** Where the pods are that have no worker yet. */
  readonly #places = new Map<string, { readonly namespace: string; readonly name: string }>();
  /** Pods to look at now. */
  readonly #dirty = new Set<string>();
  readonly #timers = new KeyedHeap<{ readonly uid: string; readonly at: number }>(
    ({ uid }) => uid,
    (left, right) => left.at < right.at,
  );
  readonly #addresses = new PodAddresses();
  readonly #images = new Map<string, Set<string>>();
  /** Nodes whose machine is off, or that the control plane cannot reach. */
  readonly #away = new Map<string, "off" | "cut">();
  /** What runtimes of nodes that are cut off saw meanwhile. */
  readonly #held: RuntimeObservation[] = [];
  readonly #heard: RuntimeObservation[] = [];
  /** The pod whose status is being written: its change is no news. */
  #writing = "";

  constructor({ store, events, host }: KubeletOptions) {
    this.#store = store;
    this.#events = events.as("kubelet");
    this.#host = host;
    for (const pod of store.all("pods")) this.#note(pod);
  }

  observe({ type, resource, object }: Change): void {
    if (resource === "nodes" && type === "DELETED") {
      this.#images.delete(object.metadata.name);
      this.#addresses.forget(object.metadata.name);
      return;
    }
    if (resource !== "pods") return;
    const pod = object as Pod;
    const { uid } = pod.metadata;
    if (type === "DELETED") {
      this.#drop(uid);
      return;
    }
    const worker = this.#workers.get(uid);
    if (worker) worker.pod = pod;
    if (this.#writing !== uid) this.#note(pod);
  }

  /** What a runtime saw; it is worked off in the next step. */
  hear(seen: RuntimeObservation): void {
    this.#heard.push(seen);
  }

  /**
   * Off: nothing runs on the node, and nothing of it is told. Cut: it runs on by itself and hears
   * and tells nothing; what its runtime sees is worked off when it is on again.
   */
  setReach(node: string, reach: "on" | "off" | "cut"): void {
    const before = this.#away.get(node) ?? "on";
    if (reach === before) return;
    if (reach !== "on") {
      this.#away.set(node, before === "off" ? "off" : reach);
      return;
    }
    this.#away.delete(node);
    for (const seen of this.#held.splice(0)) this.#heard.push(seen);
    for (const pod of this.#store.podsOn(node)) {
      const worker = this.#workers.get(pod.metadata.uid);
      if (worker && before === "off") {
        const context = this.#contextOf(worker.pod, this.#store.now);
        for (const run of worker.runs) run.lose(worker, context);
      }
      this.#note(pod);
    }
  }

  step(now: number, budget: Budget): void {
    let next = 0;
    for (; next < this.#heard.length && budget.take(); next++) {
      const seen = this.#heard[next]!;
      const worker = this.#workers.get(seen.pod);
      if (worker === undefined) continue;
      const away = this.#away.get(worker.node);
      if (away === "cut" && this.#held.length < nodeLimits.observationsHeldMax) {
        this.#held.push(seen);
      }
      if (away !== undefined) continue;
      worker.hear(seen, this.#contextOf(worker.pod, now));
      this.#dirty.add(seen.pod);
    }
    this.#heard.splice(0, next);
    let timer = this.#timers.peek();
    while (timer !== undefined && timer.at <= now) {
      this.#timers.pop();
      this.#dirty.add(timer.uid);
      timer = this.#timers.peek();
    }
    for (const uid of this.#dirty) {
      if (!budget.take()) return;
      this.#dirty.delete(uid);
      this.#sync(uid, now);
    }
  }

  dueAt(): number {
    if (this.#dirty.size > 0 || this.#heard.length > 0) return Number.NEGATIVE_INFINITY;
    return this.#timers.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  #note(pod: Pod): void {
    const { uid, name, namespace = "" } = pod.metadata;
    if (!pod.spec?.nodeName) return;
    if (!this.#workers.has(uid)) this.#places.set(uid, { namespace, name });
    this.#dirty.add(uid);
  }

  #drop(uid: string): void {
    this.#dirty.delete(uid);
    this.#timers.remove(uid);
    this.#places.delete(uid);
    const worker = this.#workers.get(uid);
    if (worker === undefined) return;
    this.#workers.delete(uid);
    if (!worker.finished) this.#release(worker);
    this.#host.command({ kind: "forget", node: worker.node, pod: uid });
  }

  #release({ node, podIP, pod }: PodWorker): void {
    const range = this.#rangeOf(node);
    if (range !== null && pod.spec?.hostNetwork !== true) {
      this.#addresses.release(node, range, podIP);
    }
  }

  #rangeOf(node: string): string | null {
    return this.#store.get("nodes", undefined, node)?.spec?.podCIDR ?? null;
  }

  #sync(uid: string, now: number): void {
    const worker = this.#workers.get(uid) ?? this.#admit(uid, now);
    if (worker === undefined || this.#away.has(worker.node)) return;
    const context = this.#contextOf(worker.pod, now);
    worker.sync(context);
    if (!worker.finished) this.#report(worker, now);
    const { deletionTimestamp, namespace, name } = worker.pod.metadata;
    if (!worker.anyLive && !worker.wantsContainers && !worker.finished) {
      worker.finished = true;
      this.#release(worker);
    }
    if (worker.finished && deletionTimestamp !== undefined) {
      if ((worker.pod.metadata.deletionGracePeriodSeconds ?? 0) > 0 || isPlain(worker.pod)) {
        this.#store.delete("pods", namespace, name, { uid, gracePeriodSeconds: 0 });
      }
      return;
    }
    const at = worker.dueAt;
    // What is due and was not done waits for something else: look again soon, and not at once.
    if (Number.isFinite(at)) this.#timers.put({ uid, at: at <= now ? now + relistMs : at });
    else this.#timers.remove(uid);
  }

  #admit(uid: string, now: number): PodWorker | undefined {
    const place = this.#places.get(uid);
    const pod = place && this.#store.get("pods", place.namespace, place.name);
    if (pod === undefined || pod.metadata.uid !== uid || !pod.spec?.nodeName) return undefined;
    const node = pod.spec.nodeName;
    if (this.#away.has(node)) return undefined;
    const { phase } = pod.status ?? {};
    const over = phase === "Succeeded" || phase === "Failed";
    const nodeObject = this.#store.get("nodes", undefined, node);
    if (nodeObject === undefined || (over && pod.metadata.deletionTimestamp === undefined)) {
      return undefined;
    }
    const hostIP =
      nodeObject.status?.addresses?.find(({ type }) => type === "InternalIP")?.address ??
      "127.0.0.1";
    const range = this.#rangeOf(node);
    const podIP =
      over || pod.spec.hostNetwork === true || range === null
        ? hostIP
        : (this.#addresses.take(node, range) ?? hostIP);
    const worker = new PodWorker(pod, now, podIP, hostIP);
    if (over) worker.finished = true;
    this.#places.delete(uid);
    this.#workers.set(uid, worker);
    return worker;
  }

  #report(worker: PodWorker, now: number): void {
    this.#writing = worker.pod.metadata.uid;
    worker.pod = this.#store.setStatus(worker.pod, statusOf(worker, now));
    this.#writing = "";
  }

  #contextOf(pod: Pod, now: number): KubeletContext {
    const node = pod.spec!.nodeName!;
    let images = this.#images.get(node);
    if (images === undefined) this.#images.set(node, (images = new Set()));
    if (images.size > nodeLimits.imagesPerNodeMax) {
      for (const oldest of images) {
        images.delete(oldest);
        break;
      }
    }
    return {
      now,
      command: this.#host.command,
      event: (type, reason, message) => this.#events.record(pod, type, reason, message),
      images,
      watchesProbes: this.#host.watchesProbes(node),
    };
  }
}

/** Nothing else keeps the object. */
const isPlain = ({ metadata }: Pod): boolean => (metadata.finalizers ?? []).length === 0;
