/** Calls, logs and failures in words, by the interfaces that the ledger's workshop knows. */
import { useQuery } from "@tanstack/react-query";
import { decodedAtOnceMax, type TransactionDetail } from "../../../workers/blockchain/contract.ts";
import { type ApiClient, orpc } from "../../data/client.ts";

type Decode = ApiClient["blockchain"]["decode"];
type Subject = Parameters<Decode>[0]["subject"];
export type Decoded = NonNullable<Awaited<ReturnType<Decode>>["decoded"]>;
type Log = TransactionDetail["logs"][number];

/** What is decoded changes only with what is compiled. */
const staleTime = 30_000;
/** The API takes no longer data. */
const dataLengthMax = 262_146;

export const logsAtOnce = decodedAtOnceMax;

/** null: there is nothing to decode. */
function subjectOf({ input, kind }: TransactionDetail): Subject | null {
  if (kind === "transfer" || input === "0x" || input.length > dataLengthMax) return null;
  return { kind: kind === "deployment" ? "deployment" : "call", data: input };
}

export function useDecodedCall(transaction: TransactionDetail) {
  const subject = subjectOf(transaction);
  return useQuery(
    orpc.blockchain.decode.queryOptions({
      input: { subject: subject ?? { kind: "failure", output: "0x" } },
      enabled: subject !== null,
      staleTime,
    }),
  );
}

/** In the order of the logs, of which no more than `logsAtOnce` are asked for. */
export function useDecodedLogs(logs: readonly Log[]) {
  const subjects = logs
    .slice(0, logsAtOnce)
    .map(({ topics, data }): Subject => ({ kind: "event", topics: [...topics], data }));
  return useQuery(
    orpc.blockchain.decodeAll.queryOptions({
      input: { subjects },
      enabled: subjects.length > 0,
      staleTime,
    }),
  );
}
