/** The upstream of `bench gateway`: a bare node:http server with one small answer. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end("one small answer of the service\n");
});
server.listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
