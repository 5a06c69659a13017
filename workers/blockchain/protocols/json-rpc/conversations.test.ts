/**
 * The recorded conversations of execution-apis, against a node with their genesis and their chain.
 * Messages of errors are not compared, as the specification says; of a conversation that is marked
 * so, only the shape of the answer is.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RpcLaboratory } from "../../testing/rpc.ts";

const folder = join(import.meta.dirname, "../../../../../shared/data/execution-apis");
const rpc = new RpcLaboratory();

interface Exchange {
  readonly request: unknown;
  readonly response: { readonly result?: unknown; readonly error?: { readonly code: number } };
}

function conversation(file: string) {
  const lines = readFileSync(join(folder, file), "utf8").split("\n");
  const exchanges: Exchange[] = [];
  lines.forEach((line, index) => {
    if (!line.startsWith(">>")) return;
    const request: unknown = JSON.parse(line.slice(2));
    const response = JSON.parse((lines[index + 1] ?? "").slice(2)) as Exchange["response"];
    exchanges.push({ request, response });
  });
  return { exchanges, isOfShape: lines.some((line) => line.startsWith("// speconly")) };
}

function files(): string[] {
  if (!existsSync(folder)) return [];
  const methods = readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory());
  return methods.flatMap(({ name }) =>
    readdirSync(join(folder, name)).map((file) => `${name}/${file}`),
  );
}

/** Members that a node may leave out. */
const optional = new Set(["deleteStrategy"]);

/** Types in place of values; of a list its first entry, of a map with addresses any entry. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  const members = Object.entries(value).filter(([key]) => !optional.has(key));
  return Object.fromEntries(members.map(([key, each]) => [key, shapeOf(each)]));
}

describe.skipIf(!existsSync(folder))("execution-apis", () => {
  beforeAll(async () => {
    await rpc.open({
      genesis: join(folder, "genesis.json"),
      import: join(folder, "chain.rlp"),
    });
    // What is sent has to wait, as the recorded node did not mine it.
    rpc.ledger.chain.setMining({ kind: "manual" });
  }, 60_000);
  afterAll(() => rpc.close());

  it.each(files())("%s", async (file) => {
    const { exchanges, isOfShape } = conversation(file);
    for (const { request, response } of exchanges) {
      const text = JSON.stringify(
        await rpc.ledger.rpc(request, (error) => {
          throw error;
        }),
      );
      const answer = JSON.parse(text) as Exchange["response"];
      if (response.error !== undefined) {
        expect(answer.error, text.slice(0, 500)).toMatchObject({ code: response.error.code });
      } else if (isOfShape) {
        expect(answer.error).toBeUndefined();
        expect(shapeOf(answer.result)).toEqual(shapeOf(response.result));
      } else {
        expect(answer).toEqual(response);
      }
    }
  });
});
