/** Data that cannot be learned from; its message says which row and column. */
export class DataProblem extends Error {
  override readonly name = "DataProblem";
}
