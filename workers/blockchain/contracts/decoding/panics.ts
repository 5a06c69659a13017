/** What the codes of Panic(uint256) mean (the compiler's manual, "Panic via assert and Error via require"). */

const meanings: Readonly<Record<string, string>> = {
  "0x0": "generic panic of the compiler",
  "0x1": "an assertion failed",
  "0x11": "arithmetic overflow or underflow outside of an unchecked block",
  "0x12": "division or modulo by zero",
  "0x21": "conversion of a value that is no member of the enum",
  "0x22": "access to a storage byte array that is encoded wrongly",
  "0x31": "pop on an empty array",
  "0x32": "array index out of bounds",
  "0x41": "too much memory was allocated, or an array is too large",
  "0x51": "call of an internal function variable that was never set",
};

export function panicMeaning(code: bigint): string {
  return meanings[`0x${code.toString(16)}`] ?? "a code that the compiler does not use";
}
