/** Bounds on what a file may ask for. */
export const fileBytesMax = 268_435_456;
export const nodesMax = 20_000;
export const namesMax = 100_000;
/** Values of one tensor, in a file or on the way through a graph. */
export const tensorSizeMax = 134_217_728;
export const nestingMax = 16;
export const attributesMax = 64;
/** Nodes of all trees of one ensemble. */
export const ensembleNodesMax = 2_000_000;
