/** MurmurHash3, 32 bits (Appleby, x86_32 variant), over the UTF-16 units' low and high bytes. */
export function hash32(text: string, seed = 0): number {
  let hash = seed;
  const pairs = text.length >> 1;
  for (let index = 0; index < pairs; index++) {
    hash ^= scramble(text.charCodeAt(2 * index) | (text.charCodeAt(2 * index + 1) << 16));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  if (text.length % 2 === 1) hash ^= scramble(text.charCodeAt(text.length - 1));
  hash ^= 2 * text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
