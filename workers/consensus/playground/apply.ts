/** What an intervention does to the cluster of a run. */
import type { Context, NodeId } from "../../cluster/process.ts";
import type { Simulation } from "../../cluster/simulation.ts";
import type { ConsensusManager } from "../consensus-manager.ts";
import type { Replica } from "../service/replica.ts";
import { commandByHand } from "./commands.ts";
import type { Intervention } from "./document.ts";
import type { Trace } from "./trace.ts";

type Manager = ConsensusManager<unknown, unknown>;
type NodeContext = Context<unknown, unknown>;

/** The parts of a run that can be taken hold of. */
export interface Grip {
  readonly simulation: Simulation<unknown, unknown>;
  readonly trace: Trace;
  readonly servers: readonly NodeId[];
  readonly replicas: ReadonlyMap<NodeId, Replica<unknown, unknown>>;
  /** The client that signs commands proposed by hand; null where nobody signs. */
  readonly signer: NodeId | null;
  readonly canSign: boolean;
}

export function applyIntervention(
  intervention: Exclude<Intervention, { kind: "byzantine" }>,
  grip: Grip,
): void {
  const { simulation } = grip;
  switch (intervention.kind) {
    case "crash":
      return simulation.crash(intervention.node);
    case "restart":
      return simulation.restart(intervention.node);
    case "pause":
      return simulation.pause(intervention.node);
    case "resume":
      return simulation.resume(intervention.node);
    case "partition":
      return partition(grip, intervention.groups, intervention.oneWay);
    case "heal":
      return simulation.network.heal();
    case "step-clock":
      return simulation.stepClock(intervention.node, intervention.byMs);
    case "drift":
      return simulation.setDrift(intervention.node, intervention.ppm);
    case "corrupt-disk":
      if (!simulation.node(intervention.node).disk.corrupt()) simulation.note("nothing on disk");
      return undefined;
    case "network": {
      const { minMs, meanMs, maxMs, lossChance } = intervention;
      return simulation.network.setLink({ delay: { minMs, meanMs, maxMs }, lossChance });
    }
    case "drop-message":
      return intercept(grip, intervention.message, Infinity);
    case "delay-message":
      return intercept(grip, intervention.message, intervention.byMs);
    case "propose":
      return within(grip, intervention.node, (replica, context) =>
        propose(grip, replica.manager, context, intervention.command),
      );
    default:
      return within(grip, intervention.node, (replica, context) =>
        transfer(replica.manager, context, intervention.target),
      );
  }
}

function partition(
  { simulation: { network }, servers }: Grip,
  groups: readonly (readonly NodeId[])[],
  oneWay: boolean,
): void {
  network.heal();
  const groupOf = new Map(groups.flatMap((group, place) => group.map((id) => [id, place])));
  for (const from of servers) {
    for (const to of servers) {
      if (groupOf.get(from) === groupOf.get(to)) continue;
      // One way: nothing leaves the groups that are named.
      if (!oneWay || groupOf.has(from)) network.block(from, to);
    }
  }
}

function intercept({ simulation, trace }: Grip, number: number, delayMs: number): void {
  if (!trace.isFlying(number)) {
    simulation.note(`message ${number} is not under way`);
    return;
  }
  simulation.intercepted.set(number, delayMs);
  trace.delay(number, delayMs);
}

function propose(grip: Grip, manager: Manager, context: NodeContext, text: string): string {
  if (!grip.canSign) return "refused: only a client can sign a command";
  const proposal = manager.propose(context, commandByHand(text, grip.signer));
  return proposal.accepted ? `accepted at ${proposal.index}` : `refused: ${proposal.reason}`;
}

/** Acts inside a node, as an event of it. */
function within(
  { simulation, replicas }: Grip,
  id: NodeId,
  act: (replica: Replica<unknown, unknown>, context: NodeContext) => string,
): void {
  simulation.scheduleOn(id, 0, "asked by hand", (context) => {
    const replica = replicas.get(id);
    if (replica !== undefined) context.note(act(replica, context));
  });
}

/** Hands leadership on, where the algorithm can do that. */
function transfer(manager: Manager, context: NodeContext, target: NodeId): string {
  if (!("transferLeadership" in manager)) return "this algorithm transfers no leadership";
  const hand = manager.transferLeadership as (
    context: NodeContext,
    target: NodeId,
  ) => { readonly accepted: boolean };
  return hand.call(manager, context, target).accepted ? "begun" : "refused";
}
