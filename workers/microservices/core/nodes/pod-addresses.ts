/** Addresses of the pods of each node, out of the node's own range. */
export class PodAddresses {
  readonly #byNode = new Map<string, { readonly used: Set<number>; next: number }>();

  /**
   * The next free address of an IPv4 range such as "10.244.3.0/24"; the first is the node's bridge.
   * Null where all are taken.
   */
  take(node: string, range: string): string | null {
    const [base = "", bits = "24"] = range.split("/");
    const size = 2 ** (32 - Number(bits));
    let entry = this.#byNode.get(node);
    if (entry === undefined) this.#byNode.set(node, (entry = { used: new Set(), next: 2 }));
    for (let tries = 0; tries < size; tries++) {
      const number = entry.next;
      entry.next = number + 1 >= size - 1 ? 2 : number + 1;
      if (entry.used.has(number)) continue;
      entry.used.add(number);
      return addressText(addressNumber(base) + number);
    }
    return null;
  }

  release(node: string, range: string, address: string): void {
    const [base = ""] = range.split("/");
    this.#byNode.get(node)?.used.delete(addressNumber(address) - addressNumber(base));
  }

  forget(node: string): void {
    this.#byNode.delete(node);
  }
}

const addressNumber = (text: string): number =>
  text.split(".").reduce((number, part) => number * 256 + Number(part), 0);

export const addressText = (number: number): string =>
  [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
