/** Bounds of the tensor engine. */

/** All tensors of a thread together; the memory grows towards it and never shrinks. */
export const memoryBytesMax = 1_073_741_824;
export const rankMax = 8;
/** The last scopes of nested work; deeper is a recursion gone wrong. */
export const scopeDepthMax = 64;
