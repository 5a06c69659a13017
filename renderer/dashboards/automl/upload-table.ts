/** Brings a file to the analytics thread piece by piece, through whatever port serves the page. */
import { datasetNameLengthMax, datasetPieceBytesMax } from "../../../workers/analytics/contract.ts";
import { type ApiClient, client } from "../../data/client.ts";

type Format = "csv" | "json" | "parquet";
type Details = Awaited<ReturnType<ApiClient["analytics"]["datasets"]["finish"]>>;

/** By the end of the file's name; null for one that is none of them. */
export function formatOf(fileName: string): Format | null {
  const end = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (end === "csv" || end === "tsv" || end === "txt") return "csv";
  if (end === "json" || end === "jsonl" || end === "ndjson") return "json";
  return end === "parquet" ? "parquet" : null;
}

export async function uploadTable(
  file: File,
  onProgress: (fraction: number) => void,
): Promise<Details> {
  const format = formatOf(file.name);
  if (format === null) {
    throw new Error(`${file.name} is no table: choose a .csv, .json, .jsonl or .parquet file.`);
  }
  const { datasets } = client.analytics;
  const name = file.name.slice(0, datasetNameLengthMax);
  let state = await datasets.begin({ name, format, bytes: file.size });
  while (state.received < state.bytes) {
    const piece = file.slice(state.received, state.received + datasetPieceBytesMax);
    const { upload, received: offset } = state;
    // One after the other: the thread wants them in order.
    // oxlint-disable-next-line no-await-in-loop
    state = await datasets.piece({ upload, offset, base64: await base64Of(piece) });
    onProgress(state.received / state.bytes);
  }
  return datasets.finish({ upload: state.upload });
}

async function base64Of(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  // Spread arguments are bounded by the stack.
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}
