/** Files of models go to the registry and come back in parts, on whichever port the page is. */
import { client, orpc, queryClient } from "../../data/client.ts";
import { download } from "../../components/download.ts";

const partBytes = 786_432;

/** @param onPart told how many bytes have arrived */
export async function uploadModel(
  wish: { readonly name: string; readonly description: string; readonly labels: string[] },
  file: Blob,
  onPart: (bytes: number) => void,
) {
  const upload = crypto.randomUUID();
  const bytes = new Uint8Array(await file.arrayBuffer());
  for (let offset = 0; offset === 0 || offset < bytes.length; offset += partBytes) {
    const part = bytes.subarray(offset, offset + partBytes);
    const received = await client.analytics.registry.part({ upload, offset, data: toBase64(part) });
    onPart(received.bytes);
  }
  return client.analytics.registry.add({ ...wish, upload, tags: {} });
}

export async function downloadModel(name: string, version: number): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; ;) {
    const part = await client.analytics.registry.file({ name, version: String(version), offset });
    const bytes = fromBase64(part.data);
    parts.push(bytes);
    offset += bytes.length;
    if (offset >= part.bytes || bytes.length === 0) break;
  }
  download(`${name}-${version}.onnx`, new Blob(parts, { type: "application/octet-stream" }));
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  // More arguments at once than this are too many for a call.
  for (let at = 0; at < bytes.length; at += 8_192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  }
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  return Uint8Array.from({ length: binary.length }, (_, at) => binary.charCodeAt(at));
}

/** First which models there are: what is gone is then no longer asked for. */
export async function refreshModels(): Promise<void> {
  const { registry } = orpc.analytics;
  await queryClient.invalidateQueries({ queryKey: registry.list.key() });
  await queryClient.invalidateQueries({ queryKey: registry.key() });
}
