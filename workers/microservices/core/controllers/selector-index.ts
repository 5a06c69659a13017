/** Which selectors mean an object, asked without trying every one of them. */
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { type LabelMatcher, type Labels, selectorMatcher } from "../store/selectors.ts";

interface Entry {
  readonly bucket: string;
  readonly matches: LabelMatcher;
}

/** Every selector lies in the bucket of one label that it asks for, or among those that ask for none. */
export class SelectorIndex {
  readonly #entries = new Map<string, Entry>();
  readonly #buckets = new Map<string, Set<string>>();

  set(key: string, namespace: string, selector: LabelSelector | undefined): void {
    this.delete(key);
    if (selector === undefined) return;
    const [pair] = Object.entries(selector.matchLabels ?? {});
    const bucket = bucketOf(namespace, pair);
    this.#entries.set(key, { bucket, matches: selectorMatcher(selector) });
    const keys = this.#buckets.get(bucket);
    if (keys === undefined) this.#buckets.set(bucket, new Set([key]));
    else keys.add(key);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const keys = this.#buckets.get(entry.bucket)!;
    keys.delete(key);
    if (keys.size === 0) this.#buckets.delete(entry.bucket);
  }

  /** The keys whose selectors mean these labels. */
  matching(namespace: string, labels: Labels = {}): string[] {
    const found: string[] = [];
    const look = (bucket: string): void => {
      for (const key of this.#buckets.get(bucket) ?? []) {
        if (this.#entries.get(key)!.matches(labels)) found.push(key);
      }
    };
    for (const pair of Object.entries(labels)) look(bucketOf(namespace, pair));
    look(bucketOf(namespace, undefined));
    return found;
  }
}

const bucketOf = (namespace: string, pair: readonly [string, string] | undefined): string =>
  pair === undefined ? namespace : `${namespace} ${pair[0]}=${pair[1]}`;
