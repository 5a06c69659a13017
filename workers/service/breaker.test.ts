import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "./breaker.ts";

const failuresMax = 3;
const openMs = 100;

/** What a breaker is, in three states and no arithmetic on counters. */
type Model =
  | { readonly state: "closed"; readonly failures: number }
  | { readonly state: "open"; readonly until: number; readonly trial: boolean };

interface Real {
  readonly breaker: CircuitBreaker;
}
interface World {
  now: number;
  model: Model;
  /** Calls that were admitted and have not ended. */
  running: number;
}

const observed = ({ now, model }: World) =>
  model.state === "closed" ? "closed" : now < model.until ? "open" : "half-open";

/** fast-check reports a command that throws. */
function check(world: World, { breaker }: Real): void {
  const [state, expected] = [breaker.state(world.now), observed(world)];
  if (state !== expected) throw new Error(`It is ${state}; it should be ${expected}.`);
}

class Wait implements fc.Command<World, Real> {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
  check = () => true;
  run(world: World, real: Real): void {
    world.now += this.ms;
    check(world, real);
  }
  toString = () => `wait ${this.ms}`;
}

class Call implements fc.Command<World, Real> {
  check = () => true;
  run(world: World, real: Real): void {
    const { model } = world;
    const expected = model.state === "closed" || (observed(world) === "half-open" && !model.trial);
    const admitted = real.breaker.admits(world.now);
    if (admitted !== expected) throw new Error(`It ${admitted ? "admits" : "refuses"} the call.`);
    if (!expected) return;
    world.running += 1;
    if (model.state === "open") world.model = { ...model, trial: true };
  }
  toString = () => "call";
}

class Succeed implements fc.Command<World, Real> {
  check = ({ running }: Readonly<World>) => running > 0;
  run(world: World, real: Real): void {
    real.breaker.succeeded();
    world.running -= 1;
    world.model = { state: "closed", failures: 0 };
    check(world, real);
  }
  toString = () => "succeed";
}

class Fail implements fc.Command<World, Real> {
  check = ({ running }: Readonly<World>) => running > 0;
  run(world: World, real: Real): void {
    real.breaker.failed(world.now);
    world.running -= 1;
    const failures = world.model.state === "closed" ? world.model.failures + 1 : failuresMax;
    const opened: Model = { state: "open", until: world.now + openMs, trial: false };
    const closed: Model = { state: "closed", failures };
    world.model = failures < failuresMax ? closed : opened;
    check(world, real);
  }
  toString = () => "fail";
}

class Abandon implements fc.Command<World, Real> {
  check = ({ running }: Readonly<World>) => running > 0;
  run(world: World, real: Real): void {
    real.breaker.abandoned();
    world.running -= 1;
    if (world.model.state === "open") world.model = { ...world.model, trial: false };
    check(world, real);
  }
  toString = () => "abandon";
}

describe("CircuitBreaker", () => {
  it("follows its model through any history of calls", () => {
    const command = fc.oneof(
      fc.nat(150).map((ms) => new Wait(ms)),
      fc.constant(new Call()),
      fc.constant(new Succeed()),
      fc.constant(new Fail()),
      fc.constant(new Abandon()),
    );
    let histories = 0;
    fc.assert(
      fc.property(fc.commands([command], { maxCommands: 80 }), (commands) => {
        histories += 1;
        fc.modelRun(
          () => ({
            model: { now: 0, model: { state: "closed" as const, failures: 0 }, running: 0 },
            real: { breaker: new CircuitBreaker(failuresMax, openMs) },
          }),
          commands,
        );
      }),
      { numRuns: 500 },
    );
    expect(histories).toBe(500);
  });

  it("admits one trial after the pause, and all when the trial succeeds", () => {
    const breaker = new CircuitBreaker(1, openMs);
    breaker.admits(0);
    breaker.failed(0);
    expect([breaker.admits(99), breaker.admits(100), breaker.admits(100)]).toEqual([
      false,
      true,
      false,
    ]);
    breaker.succeeded();
    expect([breaker.admits(100), breaker.admits(100)]).toEqual([true, true]);
  });
});
