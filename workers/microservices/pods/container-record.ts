/** What the runtime keeps of a container: where it runs, what it wrote, who is connected. */
import type { ContainerExit, ContainerSpec } from "./container-spec.ts";
import { keyOf } from "./container-spec.ts";
import type { ContainerLog } from "./container-log.ts";
import type { HostThread } from "./host-thread.ts";
import type { OutputChunk } from "./host-protocol.ts";
import type { Image } from "./images/image.ts";
import type { ProcessSession } from "./process-session.ts";

export class ContainerRecord {
  readonly number: number;
  readonly id: string;
  readonly key: string;
  readonly spec: ContainerSpec;
  readonly thread: HostThread;
  readonly log: ContainerLog;
  readonly previousLog: ContainerLog | null;
  /** The port that the program listens on, in the container's own terms. */
  readonly containerPort: number | null;
  readonly attached = new Set<ProcessSession>();
  /** On 127.0.0.1. */
  port: number | null = null;
  state: "starting" | "running" | "exited" = "starting";

  constructor(
    number: number,
    id: string,
    spec: ContainerSpec,
    image: Image,
    thread: HostThread,
    log: ContainerLog,
    previousLog: ContainerLog | null,
  ) {
    this.number = number;
    this.id = id;
    this.key = keyOf(spec);
    this.spec = spec;
    this.thread = thread;
    this.log = log;
    this.previousLog = previousLog;
    this.containerPort = listeningPortOf(spec, image);
  }

  write(chunk: OutputChunk, unreadBytesMax: number): void {
    this.log.write(chunk);
    for (const session of this.attached) {
      // Who reads too slowly misses output, as the program waits for nobody.
      if (session.unreadBytes > unreadBytesMax) continue;
      session.hear(chunk.stream, chunk.text);
    }
  }

  end({ exitCode }: ContainerExit, now: number): void {
    this.state = "exited";
    this.port = null;
    this.log.end(now);
    for (const session of this.attached) session.finish(exitCode);
    this.attached.clear();
  }
}

/** PORT, the first declared port, or the image's own, as the image has it. */
function listeningPortOf({ environment, ports }: ContainerSpec, image: Image): number | null {
  if (image.port === null || !image.portIsSet) return image.port;
  const wanted = Number(environment["PORT"] ?? ports[0]?.containerPort ?? image.port);
  return Number.isInteger(wanted) && wanted > 0 && wanted < 65_536 ? wanted : image.port;
}
