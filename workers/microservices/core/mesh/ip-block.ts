/** Addresses and CIDR blocks, of both versions. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Null for what is no address; zones and IPv4 within IPv6 are none here. */
export function parseAddress(text: string): Address | null {
  const octets = text.split(".");
  if (octets.length === 4) {
    if (octets.some((octet) => !/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255)) {
      return null;
    }
    return { bits: 32, value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) };
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [left = [], right = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null;
  return {
    bits: 128,
    value: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n),
  };
}

/** Whether the address is of the block, such as 10.0.0.0/8; false where either cannot be read. */
export function isInBlock(address: string, cidr: string): boolean {
  const parts = /^(.+)\/(\d{1,3})$/.exec(cidr);
  const block = parseAddress(parts?.[1] ?? "");
  const asked = parseAddress(address);
  if (block === null || asked?.bits !== block.bits) return false;
  const prefix = Number(parts![2]);
  if (prefix > block.bits) return false;
  const shift = BigInt(block.bits - prefix);
  return block.value >> shift === asked.value >> shift;
}
