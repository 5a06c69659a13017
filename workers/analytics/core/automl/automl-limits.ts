/** Every bound of the automatic search for models. */
export const automlLimits = {
  rowsMin: 10,
  /** Of more rows than these a seeded sample is searched with, and the report says so. */
  rowsSearchedMax: 50_000,
  classesMax: 100,
  foldsMin: 2,
  foldsMax: 10,
  budgetSecondsMin: 1,
  budgetSecondsMax: 3_600,
  /** Rows times features of one table of numbers. */
  designValuesMax: 20_000_000,
  /** Levels with a column of their own where categories become columns. */
  oneHotLevelsMax: 20,
  /** Levels that fewer rows have than these share the column of rare ones. */
  oneHotCountMin: 3,
  trialsMax: 2_000,
  /** Trials of full effort whose predictions outside of their folds are kept for ensembles. */
  keptTrialsMax: 40,
  /** Numbers that these predictions hold together. */
  keptValuesMax: 8_000_000,
  ensembleRoundsMax: 50,
  /** Members of the greedy ensemble; each is fitted on all rows at the end. */
  ensembleMembersMax: 5,
  importanceRepeats: 5,
  importanceRowsMax: 2_000,
  importanceColumnsMax: 100,
  dependenceColumnsMax: 8,
  dependencePointsMax: 20,
  dependenceRowsMax: 200,
  calibrationBins: 10,
  residualsListedMax: 300,
  leaderboardMax: 50,
  predictRowsMax: 1_000,
} as const;
