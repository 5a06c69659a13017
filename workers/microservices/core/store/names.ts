/** Names and uids that the API server makes up. */

/** The letters of k8s.io/apimachinery/pkg/util/rand: no vowels, so that no words arise. */
export const suffixAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The five letters that end a generated name. */
export function randomSuffix(random: () => number): string {
  let suffix = "";
  for (let place = 0; place < 5; place++) {
    suffix += suffixAlphabet[Math.floor(random() * suffixAlphabet.length)] ?? "b";
  }
  return suffix;
}

/** A UUID of version 4 (RFC 9562, section 5.4). */
export function randomUid(random: () => number): string {
  const hex = (digits: number, bits: number, fixed = 0): string =>
    (fixed + Math.floor(random() * 2 ** bits)).toString(16).padStart(digits, "0");
  const first = hex(8, 32);
  const second = hex(4, 16);
  const version = hex(4, 12, 0x4000);
  const variant = hex(4, 14, 0x8000);
  return `${first}-${second}-${version}-${variant}-${hex(12, 48)}`;
}
