import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = join(import.meta.dirname, "..");

export default defineConfig({
  root,
  resolve: {
    // The real package would try to download the binary as soon as it is imported.
    alias: { electron: join(root, "e2e/desktop/fake-electron.ts") },
  },
  test: {
    include: [
      "{main,preload,renderer,workers,bench,deploy,docs}/**/*.test.{ts,tsx}",
      "e2e/**/*.test.{ts,tsx}",
    ],
    environment: "node",
    restoreMocks: true,
    testTimeout: 15_000,
    hookTimeout: 30_000,
  },
});
