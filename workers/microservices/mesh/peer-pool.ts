/** Connections from one identity to one pod, each made with the certificate in force at the time. */
import { Agent, request as httpsRequest } from "node:https";
import type { AgentOptions, ClientRequest } from "node:http";
import type { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { meshLimits } from "../core/mesh/limits.ts";
import type { MeshPod } from "../core/mesh/pod.ts";
import { peerOf, type Credentials, type VerifiedPeer } from "./credentials.ts";
import { meshProblem } from "./errors.ts";

export interface MeshAddress {
  readonly host: "127.0.0.1";
  readonly port: number;
}

/** One port of one pod, where the mesh listens for it. */
export interface MeshEndpoint {
  readonly pod: MeshPod;
  /** Of the container, as policies name it. */
  readonly port: number;
  readonly address: MeshAddress;
}

export interface PoolEvents {
  readonly now: () => number;
  readonly handshake: (how: "full" | "resumed" | "failed") => void;
}

export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Raw names and values in turn, the host's included. */
  readonly headers: readonly string[];
}

type Connected = (error: Error | null, socket: Duplex) => void;

export const alpnProtocol = "http/1.1";

export class PeerPool extends Agent {
  readonly endpoint: MeshEndpoint;
  readonly #events: PoolEvents;
  readonly #made = new WeakMap<Duplex, Credentials>();
  readonly #connecting = new Set<TLSSocket>();
  readonly #waiting = new Set<(error: Error | null) => void>();
  #credentials: Credentials;
  /** The other end of a session that is resumed shows no certificate again: it is who it was. */
  #session: { readonly ticket: Buffer; readonly peer: VerifiedPeer } | undefined;
  #active = 0;
  #closed = false;

  constructor(endpoint: MeshEndpoint, credentials: Credentials, events: PoolEvents) {
    super({
      keepAlive: true,
      maxFreeSockets: meshLimits.idleConnectionsPerPairMax,
      timeout: meshLimits.idleConnectionMs,
    });
    this.endpoint = endpoint;
    this.#credentials = credentials;
    this.#events = events;
  }

  /** Requests under way, those that wait included. */
  get active(): number {
    return this.#active + this.#waiting.size;
  }

  get isUnused(): boolean {
    return this.active === 0 && Object.keys(this.freeSockets).length === 0;
  }

  /** Connections in use finish what they carry and are not used again. */
  use(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#session = undefined;
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  /**
   * Waits for its turn, since a connection carries one request at a time.
   * @throws MESH_OVERLOADED, MESH_TIMEOUT
   */
  async turn(signal: AbortSignal | null): Promise<void> {
    if (this.#active < meshLimits.connectionsPerPairMax) {
      this.#active += 1;
      return;
    }
    const { name } = this.endpoint.pod;
    if (this.#waiting.size >= meshLimits.pendingPerPairMax) {
      throw meshProblem("MESH_OVERLOADED", `${this.#waiting.size} requests wait for ${name}.`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error: Error | null): void => {
      this.#waiting.delete(settle);
      if (error === null) resolve();
      else reject(error);
    };
    const late = () => settle(meshProblem("MESH_TIMEOUT", `No connection to ${name} was free.`));
    const timer = setTimeout(late, meshLimits.pendingMs);
    const abort = () => settle(signal?.reason as Error);
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(settle);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The next one's turn; `turn` was called before. */
  done(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#active -= 1;
    else next(null);
  }

  /** Its body is the caller's to send, its errors the caller's to hear. */
  begin({ method, path, headers }: Exchange): ClientRequest {
    const { host, port } = this.endpoint.address;
    return httpsRequest({ agent: this, host, port, method, path, headers, setHost: false });
  }

  override createConnection(_options: AgentOptions, connected?: Connected): undefined {
    const done = connected as Connected;
    const credentials = this.#credentials;
    const session = this.#session;
    const socket = connect({
      ...this.endpoint.address,
      secureContext: credentials.context,
      ALPNProtocols: [alpnProtocol],
      // The peer's name is a SPIFFE ID, and judged below.
      checkServerIdentity: () => undefined,
      ...(session === undefined ? {} : { session: session.ticket }),
    });
    socket.setNoDelay(true);
    this.#connecting.add(socket);
    const settle = (error: Error | null): void => {
      if (!this.#connecting.delete(socket)) return;
      socket.setTimeout(0);
      this.#events.handshake(
        error !== null ? "failed" : socket.isSessionReused() ? "resumed" : "full",
      );
      if (error !== null) socket.destroy();
      else this.#made.set(socket, credentials);
      done(error, socket);
    };
    socket.setTimeout(meshLimits.handshakeMs, () =>
      settle(new Error("the handshake took too long")),
    );
    socket.on("error", (error) => settle(error));
    socket.on("close", () => settle(new Error("the connection closed")));
    socket.once("secureConnect", () => {
      const peer = socket.isSessionReused()
        ? (session?.peer ?? null)
        : peerOf(socket.getPeerX509Certificate());
      const wrong = this.#stranger(peer, socket.alpnProtocol);
      settle(wrong === null ? null : new Error(wrong));
      socket.on("session", (ticket) => {
        const isNewest = credentials === this.#credentials;
        if (isNewest && peer !== null && wrong === null) this.#session = { ticket, peer };
      });
    });
    return undefined;
  }

  override keepSocketAlive(socket: Duplex): boolean {
    // Made with a certificate that has been replaced, or left with half an answer on it.
    if (this.#closed || this.#made.get(socket) !== this.#credentials) return false;
    return (super.keepSocketAlive as (kept: Duplex) => boolean | undefined)(socket) !== false;
  }

  override destroy(): void {
    this.#closed = true;
    const closed = meshProblem("MESH_CLOSED", "The pod or the mesh is gone.");
    for (const settle of this.#waiting) settle(closed);
    for (const socket of this.#connecting) socket.destroy();
    super.destroy();
  }

  /** Why the other end is not who it should be; null: it is. */
  #stranger(peer: VerifiedPeer | null, protocol: string | false | null): string | null {
    const { namespace, serviceAccount, name } = this.endpoint.pod;
    if (peer === null) return "the other end shows no identity of the mesh";
    if (peer.notAfterMs <= this.#events.now()) return "the other end's certificate has expired";
    if (protocol !== alpnProtocol) return "the other end speaks no HTTP/1.1";
    const { identity } = peer;
    const isExpected =
      identity.namespace === namespace &&
      identity.serviceAccount === serviceAccount &&
      identity.name === name;
    if (isExpected) return null;
    return `${namespace}/${name} of account ${serviceAccount} was expected, and ${identity.namespace}/${identity.name} of ${identity.serviceAccount} answered`;
  }
}
