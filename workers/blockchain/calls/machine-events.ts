/** What a machine tells while it works, as tracers want it: calls entered and left, and steps. */
import type { EVMInterface, EVMResult, InterpreterStep, Message } from "@ethereumjs/evm";

export type CallKind =
  | "CALL"
  | "CALLCODE"
  | "DELEGATECALL"
  | "STATICCALL"
  | "CREATE"
  | "CREATE2"
  | "SELFDESTRUCT";

export interface CallEvent {
  readonly kind: CallKind;
  readonly from: Uint8Array;
  /** null: not known yet, of a contract that is created. */
  readonly to: Uint8Array | null;
  readonly value: bigint;
  readonly gas: bigint;
  readonly input: Uint8Array;
  readonly depth: number;
}

export interface EventHandlers {
  enter?(call: CallEvent): void;
  leave?(failed: boolean, result: EVMResult): void;
  step?(step: InterpreterStep): void | Promise<void>;
}

export class MachineEvents {
  readonly #evm: EVMInterface;
  readonly #before: (message: Message, resolve?: () => void) => void;
  readonly #after: (result: EVMResult, resolve?: () => void) => void;
  readonly #step: (step: InterpreterStep, resolve?: () => void) => void;
  /** The instruction that makes the next call. */
  #opcode = "CALL";
  #failure: Error | null = null;

  constructor(evm: EVMInterface, handlers: EventHandlers) {
    this.#evm = evm;
    this.#before = (message, resolve) => {
      handlers.enter?.(callOf(message, this.#opcode));
      resolve?.();
    };
    this.#after = (result, resolve) => {
      handlers.leave?.(result.execResult.exceptionError !== undefined, result);
      resolve?.();
    };
    const step = handlers.step?.bind(handlers);
    this.#step = (event, resolve) => {
      this.#opcode = event.opcode.name;
      void this.#watch(step, event).then(resolve);
    };
    evm.events?.on("beforeMessage", this.#before);
    evm.events?.on("afterMessage", this.#after);
    evm.events?.on("step", this.#step);
  }

  /** @throws what a handler of steps threw first */
  check(): void {
    if (this.#failure !== null) throw this.#failure;
  }

  /** The machine cannot be told of a failure. */
  async #watch(step: EventHandlers["step"], event: InterpreterStep): Promise<void> {
    if (step === undefined || this.#failure !== null) return;
    try {
      await step(event);
    } catch (error) {
      this.#failure = error as Error;
    }
  }

  stop(): void {
    this.#evm.events?.off("beforeMessage", this.#before);
    this.#evm.events?.off("afterMessage", this.#after);
    this.#evm.events?.off("step", this.#step);
  }
}

function callOf(message: Message, opcode: string): CallEvent {
  const { caller, to, value, gasLimit, data, depth, delegatecall, isStatic, salt } = message;
  const kind = kindOf();
  // Those two run another account's code in the place of their own.
  const borrows = kind === "DELEGATECALL" || kind === "CALLCODE";
  return {
    kind,
    from: (borrows ? (to ?? caller) : caller).bytes,
    to: (borrows ? message.codeAddress : to)?.bytes ?? null,
    value: kind === "STATICCALL" ? 0n : value,
    gas: gasLimit,
    input: data,
    depth,
  };

  function kindOf(): CallKind {
    if (to === undefined) return salt === undefined ? "CREATE" : "CREATE2";
    if (depth === 0) return "CALL";
    if (delegatecall) return "DELEGATECALL";
    if (opcode === "CALLCODE") return "CALLCODE";
    return isStatic && opcode === "STATICCALL" ? "STATICCALL" : "CALL";
  }
}
