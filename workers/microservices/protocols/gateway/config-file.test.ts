import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { parseGatewayConfig } from "../../contract.ts";
import { gatewayConfigFile } from "./config-file.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function fileIn() {
  const home = mkdtempSync(join(tmpdir(), "gateway-config-"));
  folders.push(home);
  const notices: string[] = [];
  const store = gatewayConfigFile(
    home,
    () => 1_700_000_000_000,
    (notice) => notices.push(notice),
  );
  return { home, path: join(home, "gateway-config.json"), store, notices };
}
const shop = parseGatewayConfig({
  routes: [{ name: "shop", path: { kind: "regex", value: "/a|/b" }, to: [{ service: "shop" }] }],
  policies: [{ service: "shop", balancer: "maglev" }],
});

it("a configuration comes back as it was written, for its owner alone", () => {
  const { path, store } = fileIn();
  expect(store.read()).toBeNull();
  store.write(shop);
  expect(store.read()).toEqual(shop);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o077).toBe(0);
});

it.each([
  ["is no JSON", "{"],
  ["is of another form", '{"routes":1}'],
  [
    "could not be followed",
    JSON.stringify({ ...shop, policies: [...shop.policies, ...shop.policies] }),
  ],
])("a file that %s is moved aside, and nothing of it is in force", (_name, text) => {
  const { home, path, store, notices } = fileIn();
  writeFileSync(path, text);
  expect(store.read()).toBeNull();
  expect(readdirSync(home)).toEqual(["gateway-config.json.damaged-1700000000000"]);
  expect(notices).toHaveLength(1);
});
