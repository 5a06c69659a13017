import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "electron-vite";
import { subsystems } from "./workers/service/contract.ts";

const root = import.meta.dirname;

/**
 * Every subsystem is an entry of its own, out/main/workers/<id>.js, started by thread.js; so are the
 * threads that subsystems start themselves.
 */
const workerEntries = {
  "workers/thread": resolve(root, "workers/service/thread.ts"),
  "workers/served": resolve(root, "workers/gateway/served.ts"),
  "workers/simulator": resolve(root, "workers/quantum/simulator.ts"),
  "workers/correction-thread": resolve(root, "workers/quantum/correction-thread.ts"),
  "workers/kernel-thread": resolve(root, "workers/compute/kernel-thread.ts"),
  "workers/workshop-thread": resolve(
    root,
    "workers/blockchain/contracts/workshop/workshop-thread.ts",
  ),
  "workers/compile-thread": resolve(
    root,
    "workers/blockchain/contracts/compiler/compile-thread.ts",
  ),
  "workers/pod-host-thread": resolve(root, "workers/microservices/pods/pod-host-thread.ts"),
  "workers/script-thread": resolve(root, "workers/microservices/pods/script-thread.ts"),
  "workers/model-thread": resolve(root, "workers/analytics/models/model-thread.ts"),
  "workers/forecast-thread": resolve(root, "workers/analytics/forecast-thread.ts"),
  "workers/shard-thread": resolve(root, "workers/analytics/distributed-training/shard-thread.ts"),
  "workers/simulation-thread": resolve(
    root,
    "workers/analytics/distributed-training/simulation-thread.ts",
  ),
  "workers/gpu-thread": resolve(root, "workers/compute/gpu-thread.ts"),
  "workers/call-thread": resolve(root, "workers/blockchain/call-thread.ts"),
  "workers/validator-thread": resolve(root, "workers/blockchain/validator-thread.ts"),
  "workers/automl-thread": resolve(root, "workers/analytics/automl-thread.ts"),
  "workers/scoring-thread": resolve(root, "workers/analytics/scoring-thread.ts"),
  "workers/device-thread": resolve(root, "workers/analytics/devices/device-thread.ts"),
  "workers/training-thread": resolve(root, "workers/analytics/training/training-thread.ts"),
  "workers/journal-writer": resolve(root, "workers/service/journal-writer.ts"),
  ...Object.fromEntries(
    subsystems.map(({ id }) => [`workers/${id}`, resolve(root, `workers/${id}/worker.ts`)]),
  ),
};

export default defineConfig({
  main: {
    plugins: [
      {
        // The package reads its WebAssembly from beside itself, which after bundling is out/main.
        name: "secp256k1-wasm",
        generateBundle() {
          const fileName = "secp256k1.wasm";
          const source = readFileSync(resolve(root, `node_modules/tiny-secp256k1/lib/${fileName}`));
          this.emitFile({ type: "asset", fileName, source });
        },
      },
    ],
    build: {
      rolldownOptions: {
        input: {
          index: resolve(root, "main/index.ts"),
          headless: resolve(root, "main/headless.ts"),
          ...workerEntries,
        },
        // A native module, which is found where it is installed.
        external: ["webgpu"],
        // Chunks stay beside the entries, so that import.meta.dirname means out/main everywhere.
        output: { chunkFileNames: "[name]-[hash].js" },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(root, "preload/index.ts") },
        // A sandboxed preload cannot be an ES module.
        output: { format: "cjs", entryFileNames: "[name].cjs" },
      },
    },
  },
  renderer: {
    root: resolve(root, "renderer"),
    plugins: [
      react(),
      {
        // electron-vite forces a relative base, which breaks deep links served over HTTP.
        name: "absolute-base",
        enforce: "post",
        config: () => ({ base: "/" }),
      },
    ],
    build: {
      minify: true,
      // The policy allows fonts and scripts from our own origin alone, not from data: addresses.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: resolve(root, "renderer/index.html"),
        output: {
          codeSplitting: {
            // Whoever loads zod loads its setup with it, before any schema is made.
            groups: [{ name: "zod", test: /node_modules\/zod\/|renderer\/data\/zod-setup/ }],
          },
        },
      },
    },
  },
});
