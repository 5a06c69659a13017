/** The cluster's pages over a store that a test fills: their calls are answered in this process. */
import { OpenAPIHandler } from "@orpc/openapi/fetch";
import type { Page } from "@playwright/test";
import { clusterScreens } from "../workers/microservices/handlers/cluster-router.ts";
import {
  type SampleClock,
  type SampleSize,
  sampleStore,
} from "../workers/microservices/testing/sample-cluster.ts";
import { type SampleHost, sampleHost } from "../workers/microservices/testing/sample-host.ts";
import { problemFrom } from "../workers/service/errors.ts";

export interface SampleCluster {
  readonly clock: SampleClock;
  readonly host: SampleHost;
  readonly close: () => void;
}

/** Every call of the cluster's contract that the page makes is answered from a sample. */
export async function serveSampleCluster(page: Page, size: SampleSize): Promise<SampleCluster> {
  const clock = { now: Date.now() };
  const host = sampleHost(sampleStore(size, clock));
  const screens = clusterScreens(host);
  const handler = new OpenAPIHandler(screens.router, {
    customErrorResponseBodyEncoder: (error) => problemFrom(error),
  });
  await page.route("**/api/cluster/**", async (route) => {
    const asked = route.request();
    const { matched, response } = await handler.handle(
      new Request(asked.url(), {
        method: asked.method(),
        headers: { "content-type": "application/json" },
        body: asked.postData(),
      }),
    );
    if (!matched) return route.fallback();
    const body = Buffer.from(await response.arrayBuffer());
    const headers = Object.fromEntries(response.headers);
    return route.fulfill({ status: response.status, headers, body });
  });
  return { clock, host, close: () => screens.close() };
}
