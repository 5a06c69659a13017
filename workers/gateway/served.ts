/** The API as threads serve it: which operations there are, and their schemas when somebody asks. */
import type { ServedApi } from "../service/boot.ts";
import { operationsIn } from "../service/operation-table.ts";
import { operationTable } from "./operation-table.ts";

export const served: ServedApi = {
  operations: operationsIn(operationTable),
  contract: async () => (await import("./contract.ts")).api,
};
