/** The parts of the workshop beside the sources. */
export const workshopTabs = ["deploy", "contracts", "activity", "debug", "gas", "tests"] as const;
export type WorkshopTab = (typeof workshopTabs)[number];

export const tabTitles: Readonly<Record<WorkshopTab, string>> = {
  deploy: "Deploy",
  contracts: "Contracts",
  activity: "Activity",
  debug: "Debug",
  gas: "Gas",
  tests: "Tests",
};
