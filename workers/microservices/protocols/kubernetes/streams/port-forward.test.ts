import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import * as k8s from "@kubernetes/client-node";
import { expect, it } from "vitest";
import { startTestServer } from "../testing/test-server.ts";

it("forwards a port for Kubernetes' JavaScript client", async () => {
  const echo = createServer((socket) => {
    socket.once("data", (chunk) => socket.end(`you said ${chunk.toString()}`));
  }).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const { port } = echo.address() as AddressInfo;
  const server = await startTestServer({ runs: true, ports: new Map([[80, port]]) });
  server.store.create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "one", namespace: "default" },
    spec: { containers: [{ name: "one" }] },
  });
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  const config = new k8s.KubeConfig();
  const cluster = { name: "demo", server: server.url, skipTLSVerify: true };
  config.loadFromClusterAndUser(cluster, { name: "demo" });
  const input = new PassThrough();
  const output = new PassThrough();
  await new k8s.PortForward(config).portForward("default", "one", [80], output, null, input);
  input.write("hello");
  const [first] = (await once(output, "data")) as [Buffer];
  output.end();
  expect(first.toString() + (await text(output))).toBe("you said hello");
  await server.close();
  echo.close();
  expect(server.faults).toEqual([]);
});
