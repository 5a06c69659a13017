import { describe, expect, it } from "vitest";
import { api } from "../gateway/contract.ts";
import { served } from "../gateway/served.ts";
import { operationsOf } from "./http-routes.ts";
import { operationsIn } from "./operation-table.ts";

describe("the table of operations", () => {
  it("has every operation of the contracts, with all that serving needs", () => {
    const expected = operationsOf(api).map(({ meta: { role, cacheMs }, ...rest }) => ({
      ...rest,
      meta: { role, ...(cacheMs === undefined ? {} : { cacheMs }) },
    }));
    expect(served.operations).toEqual(expected);
  });

  it("refuses what it does not understand", () => {
    expect(() => operationsIn("GET /api/x nobody x.y")).toThrow("describes no operation");
    expect(() => operationsIn("GET /api/x viewer")).toThrow("describes no operation");
  });
});
