import { createORPCClient } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { JsonifiedClient } from "@orpc/openapi-client";
import { OpenAPILink } from "@orpc/openapi-client/fetch";
import { createTanstackQueryUtils } from "@orpc/tanstack-query";
import { QueryClient } from "@tanstack/react-query";
import { type Api, api } from "../../workers/gateway/contract.ts";
import { ProblemError, parseProblem, toProblemError } from "./problem.ts";
import { authorizationHeaders, connection, handleUnauthorized } from "./session.ts";

export type ApiClient = JsonifiedClient<ContractRouterClient<Api>>;

const link = new OpenAPILink(api, {
  url: async () => (await connection()).base,
  headers: () => authorizationHeaders(),
  fetch: async (request, init) => problemAsJson(await fetch(request, init)),
  customErrorResponseBodyDecoder: (body) => {
    const problem = parseProblem(body);
    return problem === null ? null : new ProblemError(problem);
  },
  interceptors: [
    async (options) => {
      try {
        return await options.next();
      } catch (error) {
        const problem = toProblemError(error);
        if (problem.status === 401) handleUnauthorized();
        throw problem;
      }
    },
  ],
});

/** The library reads bodies of application/json alone; problem details have a type of their own. */
function problemAsJson(answer: Response): Response {
  if (!answer.headers.get("content-type")?.startsWith("application/problem+json")) return answer;
  const headers = new Headers(answer.headers);
  headers.set("content-type", "application/json");
  return new Response(answer.body, { status: answer.status, headers });
}

export const client: ApiClient = createORPCClient(link);
export const orpc = createTanstackQueryUtils(client);

const retriesMax = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Only a call that got no answer is worth repeating: a problem would be the same again.
      retry: (failures, error) =>
        failures < retriesMax && toProblemError(error).data.code === "UNREACHABLE",
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});
