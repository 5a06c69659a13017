/** A thread for the tests of jobs: it does what it is told. */
import { serveJobs } from "../job-protocol.ts";

type Order =
  | { readonly kind: "double"; readonly value: number }
  | { readonly kind: "count"; readonly to: number }
  | { readonly kind: "ask"; readonly about: string }
  | { readonly kind: "spin" | "throw" | "exit" };

serveJobs<Order, number, number>(async (order, report, ask) => {
  switch (order.kind) {
    case "double":
      return 2 * order.value;
    case "count":
      for (let step = 1; step <= order.to; step++) report(step);
      return order.to;
    case "ask":
      return (await ask(order.about)) as number;
    case "throw":
      throw new Error("it cannot be done");
    case "exit":
      return process.exit(3);
    default:
      for (;;);
  }
});
