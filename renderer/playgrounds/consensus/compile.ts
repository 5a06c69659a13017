import { client } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";

/** Strips the types of an algorithm. @throws an Error that says where and what to do. */
export async function compileAlgorithm(source: string): Promise<string> {
  try {
    const { javascript } = await client.integration.consensus.compile({ source });
    return javascript;
  } catch (cause) {
    const { data } = toProblemError(cause);
    throw new Error(`${data.detail} ${data.remedy}`, { cause });
  }
}
