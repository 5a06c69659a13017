/** The pod of `bench mesh`: a plain server in a thread of its own, as pods have. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort } from "node:worker_threads";

const body = Buffer.alloc(1_024, "x");
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-length": body.length }).end(body);
});
server.listen(0, "127.0.0.1", () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
