/** The text that Solidity's require and assert return (ABI: Error(string) and Panic(uint256)). */
const errorSelector = "08c379a0";
const panicSelector = "4e487b71";
const wordBytes = 32;

/** null where the data is neither, such as a custom error. */
export function revertReason(data: Uint8Array): string | null {
  const bytes = Buffer.from(data);
  const selector = bytes.subarray(0, 4).toString("hex");
  const body = bytes.subarray(4);
  if (selector === panicSelector && body.length === wordBytes) {
    return `panic 0x${BigInt(`0x${body.toString("hex")}`).toString(16)}`;
  }
  if (selector !== errorSelector || body.length < 2 * wordBytes) return null;
  const length = BigInt(`0x${body.subarray(wordBytes, 2 * wordBytes).toString("hex")}`);
  if (length > BigInt(body.length - 2 * wordBytes)) return null;
  return body.subarray(2 * wordBytes, 2 * wordBytes + Number(length)).toString("utf8");
}
