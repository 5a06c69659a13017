/** Does what the kubelet commands: pulls images, runs containers, probes them, keeps their logs. */
import type { Command, Observation } from "../core/kubelet.ts";
import { Container } from "./container.ts";
import { pullImage } from "./images.ts";
import { PodLog } from "./pod-log.ts";
import { probeHttp } from "./probe.ts";
import type { ProgramContext } from "./program.ts";

export interface RuntimeHost {
  readonly now: () => number;
  readonly observe: (seen: Observation) => void;
  readonly call: (
    from: string,
    ...request: Parameters<ProgramContext["call"]>
  ) => ReturnType<ProgramContext["call"]>;
}

export class ContainerRuntime {
  readonly #host: RuntimeHost;
  readonly #containers = new Map<number, Container>();
  readonly #logs = new Map<number, PodLog>();

  constructor(host: RuntimeHost) {
    this.#host = host;
  }

  run(command: Command): void {
    if (command.kind === "pull") this.#pull(command);
    else if (command.kind === "start") this.#start(command);
    else if (command.kind === "stop") this.#containers.get(command.pod)?.stop(command.graceMs);
    else if (command.kind === "probe") void this.#probe(command);
    else this.#logs.delete(command.pod);
  }

  logOf(pod: number): PodLog | undefined {
    return this.#logs.get(pod);
  }

  close(): void {
    for (const container of this.#containers.values()) container.stop(0);
  }

  #pull({ pod, image }: Extract<Command, { kind: "pull" }>): void {
    const result = pullImage(image);
    if ("error" in result) {
      this.#host.observe({ kind: "pull-failed", pod, message: result.error });
      return;
    }
    const { readiness, liveness } = result.image;
    this.#host.observe({ kind: "pulled", pod, readiness, liveness });
  }

  #start({ pod, attempt, name, deployment, template }: Extract<Command, { kind: "start" }>): void {
    const result = pullImage(template.image);
    if ("error" in result) throw new Error(`${template.image} was started without being pulled.`);
    const { observe, now, call } = this.#host;
    const log = this.#logs.get(pod) ?? new PodLog();
    this.#logs.set(pod, log);
    const container = new Container(result.image, {
      pod: name,
      deployment,
      environment: template.environment,
      log: (line) => log.write(now(), line),
      call: (...request) => call(deployment, ...request),
      onStarted: (port) => observe({ kind: "started", pod, attempt, port }),
      onExit: (exitCode) => {
        this.#containers.delete(pod);
        observe({ kind: "exited", pod, attempt, exitCode });
      },
    });
    this.#containers.set(pod, container);
  }

  async #probe(command: Extract<Command, { kind: "probe" }>): Promise<void> {
    const { pod, attempt, probe, port, spec } = command;
    const outcome = await probeHttp("127.0.0.1", port, spec.path, spec.timeoutMs);
    this.#host.observe({ kind: "probed", pod, attempt, probe, ...outcome });
  }
}
