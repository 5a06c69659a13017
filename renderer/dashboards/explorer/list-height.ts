/** Of a list that has a page for itself, pixels. */
export const listHeightMax = 1_200;
