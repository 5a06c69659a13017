/** Writes the pages that follow from the code: `node docs/generate.ts`. A test keeps them current. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { blockchainErrors } from "../workers/blockchain/errors.ts";
import { analyticsErrors } from "../workers/analytics/errors.ts";
import { edgeErrors } from "../workers/edge/errors.ts";
import { api } from "../workers/gateway/contract.ts";
import { integrationErrors } from "../workers/integration/errors.ts";
import { microservicesErrors } from "../workers/microservices/errors.ts";
import { isContractProcedure, type AnyContractRouter } from "@orpc/contract";
import { quantumErrors } from "../workers/quantum/errors.ts";
import { serviceErrors, type ErrorEntry } from "../workers/service/errors.ts";
import { operationsOf } from "../workers/service/http-routes.ts";
import { tableOf } from "../workers/service/operation-table.ts";

/** File name, from this folder, to content. */
export function generatedPages(): Readonly<Record<string, string>> {
  return {
    "api.md": apiPage(),
    "errors.md": errorsPage(),
    "../workers/gateway/operation-table.ts": operationsFile(),
  };
}

function operationsFile(): string {
  return [
    "/** Generated from the contracts by `node docs/generate.ts`; read by operation-table of the service. */",
    "export const operationTable = `",
    tableOf(operationsOf(api)),
    "`;",
    "",
  ].join("\n");
}

function apiPage(): string {
  const rows = operationsOf(api).map(
    ({ name, path, method, url, meta }) =>
      `| \`${method} ${url}\` | ${summaryOf(path)} | ${meta.role} | \`${name}\` |`,
  );
  return [
    "# API",
    "",
    "Generated from the contracts by `node docs/generate.ts`. Every port serves every route; each",
    "port also serves the OpenAPI 3.1 document at `/openapi.json`, a browsable reference at `/docs`",
    "and its thread's metrics in Prometheus text at `/metrics`.",
    "",
    "| route | what it does | role | operation |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function summaryOf(path: readonly string[]): string {
  const procedure = path.reduce<AnyContractRouter>(
    (router, key) => Reflect.get(router, key) as AnyContractRouter,
    api,
  );
  if (!isContractProcedure(procedure)) throw new Error(`${path.join(".")} is no procedure.`);
  return procedure["~orpc"].route.summary ?? "";
}

function errorsPage(): string {
  const catalogues = [
    serviceErrors,
    analyticsErrors,
    integrationErrors,
    edgeErrors,
    quantumErrors,
    microservicesErrors,
    blockchainErrors,
  ];
  const entries = catalogues.flatMap((catalogue) => Object.entries<ErrorEntry>(catalogue));
  const rows = entries.map(
    ([code, { status, title, remedy }]) => `| \`${code}\` | ${status} | ${title} | ${remedy} |`,
  );
  return [
    "# Problems",
    "",
    "Generated from the error catalogues by `node docs/generate.ts`. Every failure is answered as",
    "`application/problem+json` (RFC 9457) with one of these codes, a sentence and a remedy.",
    "",
    "| code | status | meaning | what to do |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

if (import.meta.main) {
  for (const [name, content] of Object.entries(generatedPages())) {
    writeFileSync(join(import.meta.dirname, name), content);
  }
}
