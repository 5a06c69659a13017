/** Comlink ships this adapter without types. */
declare module "comlink/dist/esm/node-adapter.mjs" {
  import type { Worker, MessagePort } from "node:worker_threads";
  import type { Endpoint } from "comlink";
  export default function nodeEndpoint(endpoint: Worker | MessagePort): Endpoint;
}
