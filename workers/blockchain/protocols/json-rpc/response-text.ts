/** Responses as text, in pieces that hold nobody up. */
import { rpcLimits } from "../../limits.ts";
import { rpcCodes } from "./errors.ts";
import type { RpcResponse } from "./methods.ts";
import { RawJson } from "./raw-json.ts";

export async function responseText(
  response: RpcResponse | readonly RpcResponse[],
  pause: () => Promise<void>,
): Promise<string> {
  if (!Array.isArray(response)) return oneText(response as RpcResponse);
  const texts: string[] = [];
  let length = 0;
  for (const each of response as readonly RpcResponse[]) {
    let text = oneText(each);
    if (length + text.length > rpcLimits.batchAnswerMax) {
      const error = { code: rpcCodes.responseTooLarge, message: "response too large" };
      text = JSON.stringify({ jsonrpc: "2.0", id: each.id, error });
    }
    length += text.length;
    texts.push(text);
    await pause();
  }
  return `[${texts.join(",")}]`;
}

function oneText(response: RpcResponse): string {
  const { id, result } = response;
  if (!(result instanceof RawJson)) return JSON.stringify(response);
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result.text}}`;
}
