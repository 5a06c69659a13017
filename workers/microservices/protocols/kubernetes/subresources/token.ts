/** POST serviceaccounts/NAME/token. */
import { ApiError } from "../../../core/store/api-error.ts";
import type { ApiContext } from "../context.ts";
import type { ApiRequest } from "../request.ts";
import { liveObject } from "../write.ts";

/**
 * Refused: this server knows one token, the platform's own, and would take none of a service account's.
 * @throws ApiError 404, 501
 */
export function createToken(context: ApiContext, request: ApiRequest): never {
  liveObject(context, request);
  throw new ApiError(
    501,
    "NotImplemented",
    "service account tokens are not issued here: requests are let in by the platform's own token, or without one",
  );
}
