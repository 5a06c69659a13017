/** Reads the interfaces of kubernetes-types: members, whether they are required, their comments. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface Member {
  readonly isRequired: boolean;
  readonly container: "" | "[]" | "{}";
  readonly type: string;
  readonly text: string;
}

export interface Declaration {
  readonly text: string;
  readonly members: ReadonlyMap<string, Member>;
}

const folder = join(import.meta.dirname, "../node_modules/kubernetes-types");
const memberPattern =
  /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?\n? {4}(?:readonly )?"?([$\w-]+)"?(\?)?: ([^;{]+|\{\s*\[name: string\]: [^;]+;\s*\});/g;
const interfacePattern =
  /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s)?export interface (\w+) \{\n([^]*?)^\}/gm;

/** "package/version.Interface" -> its declaration. */
export function readDeclarations(): Map<string, Declaration> {
  const declarations = new Map<string, Declaration>();
  const packages = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of packages) {
    for (const file of readdirSync(join(folder, name))) {
      const source = readFileSync(join(folder, name, file), "utf8");
      for (const [, comment, type, body] of source.matchAll(interfacePattern)) {
        declarations.set(`${name}/${file.replace(".d.ts", "")}.${type}`, {
          text: plain(comment),
          members: membersOf(`\n${body}`),
        });
      }
    }
  }
  return declarations;
}

function membersOf(body: string): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const [, comment, name, optional, written] of body.matchAll(memberPattern)) {
    const list = /^Array<(.*)>$/.exec(written!);
    const map = /^\{\s*\[name: string\]: ([^;]+);\s*\}$/.exec(written!);
    members.set(name!, {
      isRequired: optional === undefined,
      container: list !== null ? "[]" : map !== null ? "{}" : "",
      type: (list?.[1] ?? map?.[1] ?? written!).trim(),
      text: plain(comment),
    });
  }
  return members;
}

/** The text of a comment without its stars. */
function plain(comment: string | undefined): string {
  return (comment ?? "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, ""))
    .join("\n")
    .trim();
}
