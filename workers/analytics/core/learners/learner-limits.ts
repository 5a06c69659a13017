/** Bounds of the learners. */

/** Elementary operations between two yields: 10 to 30 ms of one core. */
export const operationsAtOnce = 5_000_000;

/** Distinct values, or quantiles, that a column is cut into for trees; one more code is for gaps. */
export const binsMax = 255;

/** Steps of L-BFGS; standardised columns converge in a tenth of them. */
export const quasiNewtonStepsMax = 1_000;

/** Sweeps of coordinate descent over all columns. */
export const sweepsMax = 10_000;

/** Columns up to which coordinate descent keeps their products (32 MB). */
export const productColumnsMax = 2_000;

/** Rows, evenly chosen, whose quantiles a column is cut at. */
export const quantileRowsMax = 200_000;

/** Numbers in all histograms of one boosted tree (320 MB): wider tables get coarser bins. */
export const histogramNumbersMax = 40_000_000;

/** Levels of one tree, so that a degenerate split cannot recurse without end. */
export const treeDepthMax = 64;

/** Nodes of all trees of one model, when it is saved and restored. */
export const treeNodesMax = 20_000_000;
