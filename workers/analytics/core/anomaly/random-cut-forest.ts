/**
 * Robust random cut forest (Guha, Mishra, Roy and Schrijvers, ICML 2016). Each tree holds the
 * newest points; a point's co-displacement, averaged over trees, is turned into one less its
 * conformal p-value.
 */
import type { Random } from "../../../cluster/random.ts";
import { Conformal } from "./conformal.ts";
import { CutTree } from "./cut-tree.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { Shingles } from "./shingles.ts";
import { assertReading, type StreamingDetector } from "./streaming-detector.ts";

export class RandomCutForest implements StreamingDetector {
  readonly #shingles = new Shingles();
  readonly #trees: readonly CutTree[];
  readonly #conformal = new Conformal();

  constructor(random: Random) {
    this.#trees = Array.from(
      { length: limits.forestTrees },
      (_, i) => new CutTree(random.fork(`tree ${i}`), limits.treePoints),
    );
  }

  update(_atMs: number, value: number): number {
    assertReading(value);
    const point = this.#shingles.push(value);
    if (point === null) return 0;
    let displaced = 0;
    for (const tree of this.#trees) displaced += tree.insert(point);
    return this.#conformal.score(displaced / this.#trees.length);
  }
}
