/** Stands for scheduler and kubelets in the tests of controllers: pods live as the test says. */
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import { timeText } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { isEnding, isFinishedPod, isReady, type Pod } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";

export interface PodLife {
  /** From its making until it runs on a node. */
  readonly startMs: number;
  /** From then until it is ready; Infinity: never. */
  readonly readyMs: number;
  /** From then until it is ready no longer; Infinity: for ever. */
  readonly unreadyMs?: number;
  /** From its start until it is over with success; undefined: it runs for ever. */
  readonly finishMs?: number;
  /** From its deletion until it is gone. */
  readonly endMs: number;
}

const quick: PodLife = { startMs: 1_000, readyMs: 1_000, endMs: 1_000 };

interface Times {
  readonly life: PodLife;
  readonly startAt: number;
  goneAt: number | undefined;
}

export class FakeKubelet extends QueueController {
  readonly name = "fake-kubelet";
  readonly #store: ObjectStore;
  readonly #lifeOf: (pod: Pod) => PodLife;
  readonly #times = new Map<string, Times>();
  #addresses = 1;

  constructor(store: ObjectStore, lifeOf: (pod: Pod) => PodLife = () => quick) {
    super();
    this.#store = store;
    this.#lifeOf = lifeOf;
  }

  observe({ type, resource, object }: Change): void {
    if (resource !== "pods") return;
    if (type === "DELETED") this.#times.delete(object.metadata.uid);
    else this.queue.add(keyOf(object));
  }

  protected sync(key: string, now: number): void {
    const pod = this.#store.at("pods", key) as Pod | undefined;
    if (pod === undefined) return;
    const times = this.#timesOf(pod, now);
    if (isEnding(pod)) {
      times.goneAt ??= now + times.life.endMs;
      if (times.goneAt > now) this.queue.addAt(key, times.goneAt);
      else {
        const { namespace, name } = pod.metadata;
        this.#store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
      }
    } else if (!isFinishedPod(pod)) this.#live(key, pod, times, now);
  }

  #live(key: string, pod: Pod, { life, startAt }: Times, now: number): void {
    const readyAt = startAt + life.readyMs;
    const unreadyAt = readyAt + (life.unreadyMs ?? Number.POSITIVE_INFINITY);
    const finishAt = startAt + (life.finishMs ?? Number.POSITIVE_INFINITY);
    const times = [startAt, readyAt, unreadyAt, finishAt].filter((at) => at > now);
    const next = Math.min(...times);
    if (Number.isFinite(next)) this.queue.addAt(key, next);
    if (now >= finishAt) {
      this.#finish(pod, now);
      return;
    }
    const shouldRun = now >= startAt;
    const shouldBeReady = now >= readyAt && now < unreadyAt;
    if (!shouldRun) return;
    if (pod.status?.phase === "Running" && isReady(pod) === shouldBeReady) return;
    this.#store.update<Pod>({
      ...pod,
      spec: { ...pod.spec!, nodeName: pod.spec?.nodeName ?? "node-0" },
      status: {
        ...pod.status,
        phase: "Running",
        podIP: pod.status?.podIP ?? this.#nextAddress(),
        startTime: pod.status?.startTime ?? timeText(now),
        conditions: [
          {
            type: "Ready",
            status: shouldBeReady ? "True" : "False",
            lastTransitionTime: timeText(now),
          },
        ],
      },
    });
  }

  #finish(pod: Pod, now: number): void {
    const { name, image = "" } = pod.spec!.containers[0]!;
    const terminated = { exitCode: 0, finishedAt: timeText(now) };
    this.#store.setStatus(pod, {
      ...pod.status,
      phase: "Succeeded",
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: timeText(now) }],
      containerStatuses: [
        { name, image, imageID: image, ready: false, restartCount: 0, state: { terminated } },
      ],
    });
  }

  #nextAddress(): string {
    const number = this.#addresses++;
    return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
  }

  #timesOf(pod: Pod, now: number): Times {
    let times = this.#times.get(pod.metadata.uid);
    if (times === undefined) {
      const life = this.#lifeOf(pod);
      times = { life, startAt: now + life.startMs, goneAt: undefined };
      this.#times.set(pod.metadata.uid, times);
    }
    return times;
  }
}
