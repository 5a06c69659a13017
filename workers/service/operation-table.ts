/**
 * Operations as lines of text, so that a thread can serve the whole API without loading the schemas of
 * every subsystem: it validates only what it answers itself.
 */
import type { Operation } from "./http-routes.ts";
import { roles, type RouteMeta } from "./contract.ts";

/** `METHOD url role name`, and what else differs from the usual; one line for each operation. */
export function tableOf(operations: readonly Operation[]): string {
  return operations
    .map(({ method, url, name, meta, successStatus }) => {
      const { role, cacheMs } = meta;
      const rest = [
        ...(cacheMs === undefined ? [] : [`cacheMs=${cacheMs}`]),
        ...(successStatus === 200 ? [] : [`status=${successStatus}`]),
      ];
      return [method, url, role, name, ...rest].join(" ");
    })
    .join("\n");
}

/** @throws Error for a line that `tableOf` does not write */
export function operationsIn(table: string): readonly Operation[] {
  const lines = table.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [method, url, role, name, ...rest] = line.split(" ");
    const numbers = new Map(
      rest.map((each) => {
        const [key = "", value = ""] = each.split("=");
        return [key, Number(value)];
      }),
    );
    const isRole = role === "public" || roles.some((each) => each === role);
    if (method === undefined || url === undefined || name === undefined || !isRole) {
      throw new Error(`"${line}" describes no operation.`);
    }
    const cacheMs = numbers.get("cacheMs");
    return {
      name,
      path: name.split("."),
      method: method as Operation["method"],
      url,
      meta: { role: role as RouteMeta["role"], ...(cacheMs === undefined ? {} : { cacheMs }) },
      successStatus: numbers.get("status") ?? 200,
    };
  });
}
