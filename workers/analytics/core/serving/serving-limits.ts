/** Bounds of what is kept about served models; all of it is of constant size. */

/** Kept of one column, of the reference and of the newest requests each. */
export const columnValuesMax = 1_024;
/** Columns of a model's input that are watched; wider inputs are watched by their summary. */
export const watchedColumnsMax = 48;
/** Rows of live traffic that become the reference where training left none. */
export const referenceRowsMin = 256;
/** Rows of live traffic before anything is said about drift. */
export const liveRowsMin = 100;
/** Columns with no more distinct values than this are compared as categories. */
export const categoriesMax = 12;
export const populationBins = 10;
/** Common reading of the population stability index. */
export const stabilityModerate = 0.1;
export const stabilityMajor = 0.25;
/** Chance of a false alarm for all columns of one comparison together. */
export const falseAlarmRate = 0.01;
/** Classes whose frequencies are counted. */
export const classesMax = 256;
/** Newest comparisons of a shadow with what it shadows. */
export const comparisonsMax = 1_000;
