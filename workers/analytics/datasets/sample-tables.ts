/** Tables that come with the platform. */
import { tableLimits } from "../core/tables/table-limits.ts";

interface SampleFile {
  readonly title: string;
  readonly source: string;
  readonly target: string;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

export interface SampleTable extends Omit<SampleFile, "columns"> {
  readonly id: string;
  /** As JSON of columns. */
  readonly bytes: Uint8Array;
}

const files = {
  "sample-iris": () => import("../../../resources/tables/iris.json", { with: { type: "json" } }),
  "sample-wine": () => import("../../../resources/tables/wine.json", { with: { type: "json" } }),
  "sample-breast-cancer": () =>
    import("../../../resources/tables/breast-cancer.json", { with: { type: "json" } }),
  "sample-diabetes": () =>
    import("../../../resources/tables/diabetes.json", { with: { type: "json" } }),
  "sample-penguins": () =>
    import("../../../resources/tables/penguins.json", { with: { type: "json" } }),
};

/** Read at first use: most starts never look at them. */
export async function sampleTables(): Promise<readonly SampleTable[]> {
  return Promise.all(
    Object.entries(files).map(async ([id, load]) => {
      const { columns, title, source, target } = (await load()).default as SampleFile;
      const bytes = new TextEncoder().encode(JSON.stringify(columns));
      if (bytes.length > tableLimits.bytesMax) throw new Error(`${id} is too large`);
      return { id, title, source, target, bytes };
    }),
  );
}
