/** Names that Kubernetes makes up for objects. */
import type { PodTemplate } from "./objects.ts";

/** The letters of k8s.io/apimachinery/pkg/util/rand: no vowels, so that no words arise. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** The five letters at the end of a pod's name. */
export function randomSuffix(random: () => number): string {
  let suffix = "";
  for (let place = 0; place < 5; place++) {
    suffix += alphabet[Math.floor(random() * alphabet.length)] ?? "b";
  }
  return suffix;
}

/** FNV-1a, 32 bits, of the template, spelled with the same letters (pod-template-hash). */
export function templateHash({ image, environment, restartedAt }: PodTemplate): string {
  const variables = Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([image, variables, restartedAt]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return Array.from(String(hash), (digit) => alphabet[Number(digit)]).join("");
}
