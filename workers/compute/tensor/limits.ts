/** Bounds of the tensor engine. */

/** All tensors of a thread together; the memory grows towards it and never shrinks. */
export const memoryBytesMax = 1_073_741_824;
export const rankMax = 8;
/** Values in all windows of one plane of a pool. */
export const windowValuesMax = 4_194_304;
/** The last scopes of nested work; deeper is a recursion gone wrong. */
export const scopeDepthMax = 64;
