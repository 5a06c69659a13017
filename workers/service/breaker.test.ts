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

const check = (world: World, { breaker }: Real) =>
  expect(breaker.state(world.now)).toBe(observed(world));

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
    expect(real.breaker.admits(world.now)).toBe(expected);
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
    world.model = failures < failuresMax ? { state: "closed", failures } : opened;
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
    fc.assert(
      fc.property(fc.commands([command], { maxCommands: 80 }), (commands) => {
        fc.modelRun(
          () => ({
            model: { now: 0, model: { state: "closed", failures: 0 }, running: 0 },
            real: { breaker: new CircuitBreaker(failuresMax, openMs) },
          }),
          commands,
        );
      }),
      { numRuns: 500 },
    );
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
