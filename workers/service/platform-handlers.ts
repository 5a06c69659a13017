/** The platform API, served by every port. */
import { timingSafeEqual } from "node:crypto";
import { implement } from "@orpc/server";
import type { Remote } from "comlink";
import { platformContract, type SubsystemId, type Thread } from "./contract.ts";
import { problem } from "./errors.ts";
import type { HandlerContext } from "./http-routes.ts";
import type { HostApi, ThreadAction, ThreadSetup } from "./lifecycle.ts";
import type { PlatformView } from "./platform-view.ts";

const allowedFrom: Record<"start" | "stop" | "restart", readonly string[]> = {
  start: ["stopped", "failed"],
  stop: ["starting", "ready", "restarting", "failed"],
  restart: ["ready", "failed", "restarting"],
};

export function platformRouter(
  setup: ThreadSetup,
  host: Remote<HostApi>,
  view: PlatformView,
  now: () => number,
) {
  const os = implement(platformContract).$context<HandlerContext>();
  const expectedCode = { value: setup.signInCode };

  const control = async (id: SubsystemId, action: "start" | "stop" | "restart") => {
    const { state } = view.thread(id);
    if (!allowedFrom[action].includes(state)) {
      throw problem("THREAD_STATE_CONFLICT", `Cannot ${action} ${id}: it is ${state}.`);
    }
    return command(id, action);
  };

  const command = async (id: SubsystemId, action: ThreadAction): Promise<Thread> => {
    const done = host.control(id, action).catch((error: unknown) => {
      throw problem("THREAD_STATE_CONFLICT", (error as Error).message);
    });
    if (id !== setup.id) return done;
    // Ending this very thread lets running requests finish first, so this one must not wait.
    done.catch(() => {});
    return view.thread(id);
  };

  return os.router({
    health: os.health.handler(() => ({
      status: "ok",
      subsystem: setup.id,
      version: setup.version,
    })),
    state: os.state.handler(() => view.state()),
    watch: os.watch.handler(({ signal }) => view.watch(signal)),
    events: os.events.handler(({ input }) => {
      const { events, dropped } = view.events();
      const wanted = events.filter(({ thread }) => (input.thread ?? thread) === thread);
      return { events: wanted, dropped };
    }),
    start: os.start.handler(({ input }) => control(input.id, "start")),
    stop: os.stop.handler(({ input }) => control(input.id, "stop")),
    restart: os.restart.handler(({ input }) => control(input.id, "restart")),
    fault: os.fault.handler(async ({ input }) => {
      const { state } = view.thread(input.id);
      if (state !== "ready") {
        throw problem("THREAD_STATE_CONFLICT", `Cannot break ${input.id}: it is ${state}.`);
      }
      const injectedAt = now();
      await command(input.id, input.kind);
      return { ...input, injectedAt };
    }),
    session: os.session.handler(({ context }) => ({
      role: context.caller.role,
      subsystem: setup.id,
      authenticated: context.caller.authenticated,
    })),
    signIn: os.signIn.handler(({ input }) => {
      const expected = expectedCode.value;
      if (expected === null || !equal(input.code, expected)) {
        throw problem("CODE_INVALID", "The code is not one that this thread waits for.");
      }
      expectedCode.value = null;
      void host.signInCodeUsed(setup.id);
      return { token: setup.token, role: "admin" as const };
    }),
  });
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
