/**
 * Is a history linearizable (Herlihy and Wing 1990)? The search of Wing and Gong (1993) with Lowe's
 * pruning of configurations seen before (2017), for each independent part alone.
 */
import { checkHistory, type Model, type Operation } from "./history.ts";
import { searchStepsMax } from "./limits.ts";

interface FailingPart<Input, Output> {
  /** The part of the object, as the model names it. */
  readonly part: string;
  /** The shortest beginning of that part's history that no order of operations explains. */
  readonly history: readonly Operation<Input, Output>[];
  /** The longest order found that explains some of it, as places in `history`. */
  readonly longestOrder: readonly number[];
}

type Verdict<Input, Output> =
  | { readonly result: "linearizable" }
  | { readonly result: "not linearizable"; readonly failing: FailingPart<Input, Output> }
  /** The search was cut off at this part. */
  | { readonly result: "undecided"; readonly part: string };

export function checkLinearizability<Input, Output, State>(
  model: Model<Input, Output, State>,
  history: readonly Operation<Input, Output>[],
  stepsMax: number = searchStepsMax,
): Verdict<Input, Output> {
  checkHistory(history);
  let undecided: string | null = null;
  const parts = Map.groupBy(history, ({ input }) => model.part(input));
  for (const [part, operations] of parts) {
    const { result } = search(model, operations, stepsMax);
    if (result === "undecided") undecided ??= part;
    if (result !== "not linearizable") continue;
    return { result, failing: shortestFailure(model, part, operations, stepsMax) };
  }
  return undecided === null ? { result: "linearizable" } : { result: "undecided", part: undecided };
}

/** Beginnings of linearizable histories are linearizable, so the first bad one is found by halving. */
function shortestFailure<Input, Output, State>(
  model: Model<Input, Output, State>,
  part: string,
  operations: readonly Operation<Input, Output>[],
  stepsMax: number,
): FailingPart<Input, Output> {
  const returns = operations
    .map(({ returnedAt }) => returnedAt)
    .filter((at) => at < Infinity)
    .toSorted((a, b) => a - b);
  let low = 0;
  let high = returns.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const beginning = until(operations, returns[middle] ?? Infinity);
    if (search(model, beginning, stepsMax).result === "not linearizable") high = middle;
    else low = middle + 1;
  }
  const history = until(operations, returns[high] ?? Infinity);
  return { part, history, longestOrder: search(model, history, stepsMax).longestOrder };
}

/** What had been seen by the given time: later calls are unknown, later returns still open. */
function until<Input, Output>(
  operations: readonly Operation<Input, Output>[],
  time: number,
): readonly Operation<Input, Output>[] {
  return operations
    .filter(({ invokedAt }) => invokedAt <= time)
    .map((operation) =>
      operation.returnedAt <= time
        ? operation
        : { ...operation, output: undefined, returnedAt: Infinity },
    );
}

/** A call or a return in the doubly linked list of what is not yet in order. */
interface Node {
  readonly place: number;
  /** Of a call, its return; null on a return. */
  readonly end: Node | null;
  previous: Node | null;
  next: Node | null;
}

interface SearchResult {
  readonly result: "linearizable" | "not linearizable" | "undecided";
  readonly longestOrder: readonly number[];
}

function search<Input, Output, State>(
  model: Model<Input, Output, State>,
  operations: readonly Operation<Input, Output>[],
  stepsMax: number,
): SearchResult {
  const head = linkEvents(operations);
  const seen = new ConfigurationCache(operations.length);
  const order: { readonly node: Node; readonly before: State }[] = [];
  let longestOrder: readonly number[] = [];
  let state = model.initial();
  let node = head.next;
  for (let steps = 0; head.next !== null; steps++) {
    if (steps >= stepsMax) return { result: "undecided", longestOrder };
    if (node?.end) {
      const { input, output } = operations[node.place]!;
      const after = model.step(state, input, output);
      if (after !== undefined && seen.add(node.place, model.key(after))) {
        order.push({ node, before: state });
        state = after;
        lift(node, node.end);
        node = head.next;
      } else {
        node = node.next;
      }
      continue;
    }
    // A return whose call is not in order yet: the order so far cannot be continued.
    if (order.length > longestOrder.length) longestOrder = order.map((step) => step.node.place);
    const last = order.pop();
    if (last === undefined) return { result: "not linearizable", longestOrder };
    state = last.before;
    seen.remove(last.node.place);
    if (last.node.end !== null) unlift(last.node, last.node.end);
    node = last.node.next;
  }
  return { result: "linearizable", longestOrder: order.map((step) => step.node.place) };
}

/** Calls and returns by time; of the same moment calls come first, as they then overlap. */
function linkEvents(operations: readonly Operation<unknown, unknown>[]): Node {
  const events: { readonly at: number; readonly node: Node }[] = [];
  for (const [place, { invokedAt, returnedAt }] of operations.entries()) {
    const end: Node = { place, end: null, previous: null, next: null };
    events.push({ at: invokedAt, node: { place, end, previous: null, next: null } });
    events.push({ at: returnedAt, node: end });
  }
  events.sort((a, b) => (a.at === b.at ? rank(a.node) - rank(b.node) : a.at - b.at));
  const head: Node = { place: -1, end: null, previous: null, next: null };
  let last = head;
  for (const { node } of events) {
    last.next = node;
    node.previous = last;
    last = node;
  }
  return head;
}

function rank(node: Node): number {
  return node.end === null ? 1 : 0;
}

function lift(call: Node, end: Node): void {
  unlink(call);
  unlink(end);
}

function unlift(call: Node, end: Node): void {
  relink(end);
  relink(call);
}

function unlink(node: Node): void {
  if (node.previous !== null) node.previous.next = node.next;
  if (node.next !== null) node.next.previous = node.previous;
}

/** Nodes come back in the reverse order of leaving, so their neighbours are the old ones. */
function relink(node: Node): void {
  if (node.previous !== null) node.previous.next = node;
  if (node.next !== null) node.next.previous = node;
}

/** Lowe's pruning: the same operations in order with the same state need no second look. */
class ConfigurationCache {
  readonly #seen = new Set<string>();
  /** Which operations are in order, 16 to a character. */
  readonly #words: Uint16Array;

  constructor(operations: number) {
    this.#words = new Uint16Array(Math.ceil(operations / 16));
  }

  /** Puts an operation in order; false, and nothing changes, when that leads nowhere new. */
  add(place: number, stateKey: string): boolean {
    this.#words[place >> 4]! ^= 1 << (place & 15);
    const key = `${String.fromCharCode(...this.#words)}|${stateKey}`;
    if (!this.#seen.has(key)) {
      this.#seen.add(key);
      return true;
    }
    this.remove(place);
    return false;
  }

  remove(place: number): void {
    this.#words[place >> 4]! ^= 1 << (place & 15);
  }
}
