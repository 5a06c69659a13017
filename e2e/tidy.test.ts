/**
 * The rules of the house, held by a test. Each rule says in its title what it holds; a failure
 * lists the places. The first test guards the others against passing on nothing.
 */
import { type ESTree, Visitor } from "vite";
import { describe, expect, it } from "vitest";
import {
  type ImportEdge,
  type Module,
  parseModule,
  readFiles,
  topLevelNames,
} from "./source-files.ts";

const isTest = (path: string): boolean => /\.(test|spec)\.tsx?$/.test(path);
const modules = readFiles([".ts", ".tsx"]).map(parseModule);
const shipped = modules.filter(({ path }) => !isTest(path));
const edges = shipped.flatMap(({ imports }) => imports);

const sharedRooms = ["service", "cluster", "consensus", "compute"];
const contract = /^workers\/[a-z-]+\/contract\.ts$/;
/** A contract, the parts of a long one beside it, and the record schemas that contracts share. */
const contractKit = /^workers\/(?:[a-z-]+\/contract(?:-[a-z-]+)?|service\/records)\.ts$/;
const pure = /^workers\/(?:[a-z-]+\/(?:core|playground)|cluster|consensus)\//;

/** The entry of a web worker, and nothing else in the renderer. */
const webWorker = /^renderer\/playgrounds\/[a-z-]+\/[a-z-]+\.worker\.ts$/;

/** One line of the architecture: files that match `from` may import what `allowed` accepts. */
interface Layer {
  readonly name: string;
  readonly from: RegExp;
  readonly except?: RegExp;
  readonly allowed: (edge: ImportEdge) => boolean;
}

const room = (path: string): string => /^workers\/([a-z-]+)\//.exec(path)?.[1] ?? "";
const isWithin = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path.startsWith(`${folder}/`));

const layers: readonly Layer[] = [
  {
    name: "the renderer imports its own rooms, contracts and packages for browsers",
    from: /^renderer\//,
    allowed: ({ from, to, isOwn }) =>
      isOwn
        ? isWithin(to, "renderer", "resources") ||
          contract.test(to) ||
          // Its own threads run the pure parts of the playgrounds (decisions 10 and 13).
          (webWorker.test(from) &&
            isWithin(
              to,
              `workers/${/^renderer\/playgrounds\/([a-z-]+)/.exec(from)![1]!}/playground`,
            ))
        : !to.startsWith("node:") && to !== "electron",
  },
  {
    name: "the preload script imports electron and its own types",
    from: /^preload\//,
    allowed: ({ to, isOwn }) => (isOwn ? isWithin(to, "preload") : to === "electron"),
  },
  {
    name: "main imports itself, the service kit and contracts, and never a core",
    from: /^main\//,
    allowed: ({ from, to, isOwn }) =>
      !isOwn ||
      isWithin(to, "main", "workers/service") ||
      contract.test(to) ||
      to === "package.json" ||
      // The desktop speaks the preload script's language and lists the renderer's pages.
      (isWithin(from, "main/desktop") &&
        (isWithin(to, "preload") || to === "renderer/app/pages.ts")),
  },
  {
    name: "electron is imported by main/index.ts, main/desktop and the preload script alone",
    from: /^/,
    except: /^(?:main\/index\.ts|main\/desktop\/.*|preload\/.*)$/,
    allowed: ({ to }) => to !== "electron" && !to.startsWith("electron/"),
  },
  {
    name: "a subsystem imports itself, the shared rooms and the contracts of others",
    from: /^workers\//,
    except: new RegExp(`^workers/(?:${sharedRooms.join("|")})/`),
    allowed: ({ from, to, isOwn }) =>
      !isOwn ||
      contract.test(to) ||
      // All contracts together, as every thread serves them.
      to === "workers/gateway/served.ts" ||
      isWithin(to, "resources", ...[room(from), ...sharedRooms].map((name) => `workers/${name}`)),
  },
  {
    name: "service and compute stand alone, but for contracts",
    from: /^workers\/(?:service|compute)\//,
    allowed: ({ from, to, isOwn }) =>
      !isOwn || contract.test(to) || isWithin(to, `workers/${room(from)}`),
  },
  {
    name: "the cluster stands alone, and consensus stands on it",
    from: /^workers\/(?:cluster|consensus)\//,
    allowed: ({ from, to, isOwn }) =>
      !isOwn ||
      isWithin(to, `workers/${room(from)}`, "workers/cluster") ||
      (contract.test(from) && contract.test(to)),
  },
  {
    name: "a contract imports zod, the contract library and other contracts",
    from: contractKit,
    allowed: ({ to, isOwn }) =>
      isOwn ? contractKit.test(to) : to === "zod" || to === "@orpc/contract",
  },
  {
    name: "a core imports its own kind and no input, output, thread or clock",
    from: pure,
    allowed: ({ from, to, isOwn }) =>
      isOwn
        ? pure.test(to) ||
          contract.test(to) ||
          isWithin(to, "workers/compute") ||
          to === `workers/${room(from)}/limits.ts`
        : !to.startsWith("node:") || /^node:(?:assert|crypto)(?:\/|$)/.test(to),
  },
];

describe("layers", () => {
  it("sees the whole repository", () => {
    expect(shipped.length).toBeGreaterThan(100);
    expect(edges.length).toBeGreaterThan(300);
    for (const { name, from } of layers) {
      expect({ name, files: shipped.filter(({ path }) => from.test(path)).length }).toEqual({
        name,
        files: expect.toSatisfy((count: number) => count > 0),
      });
    }
    const paths = new Set(
      readFiles([".ts", ".tsx", ".css", ".json", ".svg"]).map(({ path }) => path),
    );
    const unresolved = edges.filter(({ to, isOwn }) => isOwn && !paths.has(to));
    expect(unresolved).toEqual([]);
  });

  it.each(layers)("$name", ({ from, except, allowed }) => {
    const offences = edges
      .filter((edge) => from.test(edge.from) && except?.test(edge.from) !== true && !allowed(edge))
      .map((edge) => `${edge.from} -> ${edge.to}`);
    expect(offences).toEqual([]);
  });
});

describe("time, chance and transport are passed in", () => {
  it("finds each of them where it is", () => {
    const program = `
      Date.now(); new Date(); Date(); performance.now(); Math.random(); process.hrtime.bigint();
      setTimeout(f); setInterval(f); setImmediate(f); globalThis.setTimeout(f); fetch("x");
      crypto.randomUUID(); crypto["getRandomValues"](a); new WebSocket("x");`;
    const found = impurities(parseModule({ path: "sample.ts", text: program }));
    expect(found).toHaveLength(14);
    const harmless = "new Date(0); context.now(); context.setTimeout(f); this.random(); x.fetch();";
    expect(impurities(parseModule({ path: "sample.ts", text: harmless }))).toEqual([]);
  });

  it("in every core, in the cluster and in consensus", () => {
    const pureModules = shipped.filter(({ path }) => pure.test(path));
    expect(pureModules.length).toBeGreaterThan(5);
    expect(pureModules.flatMap(impurities)).toEqual([]);
  });
});

describe("files", () => {
  const texts = readFiles([
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".json",
    ".md",
    ".yml",
    ".yaml",
    ".sh",
    "",
  ]);

  it("have at most 400 lines, tests and data aside", () => {
    const long = texts
      .filter(({ path }) => /\.(?:tsx?|css)$/.test(path) && !isTest(path))
      .filter(({ path }) => !isWithin(path, "resources"))
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
  });

  it("are named in kebab case", () => {
    const names = modules.map(({ path }) => path.slice(path.lastIndexOf("/") + 1));
    expect(names.filter((name) => !/^[a-z0-9]+(?:[-.][a-z0-9]+)*\.tsx?$/.test(name))).toEqual([]);
  });

  it("leave nothing for later", () => {
    // Written so that this file does not find itself.
    const marks = /\b(?:TOD[O]|FIXM[E]|XX[X])\b/;
    expect(matchesIn(texts, marks)).toEqual([]);
  });

  it("name no machine", () => {
    // Home and work folders of whoever wrote them; tests may make up their own.
    const machinePath =
      /(?<![\w.:/$])(?:\/(?:work|root|Users|home\/(?!node\b)\w+)\/|[A-Z]:\\Users\\)/;
    const written = texts.filter(({ path }) => !isTest(path) && path !== "package-lock.json");
    expect(matchesIn(written, machinePath)).toEqual([]);
  });

  it("stand where the architecture has them", () => {
    const folders = "bench deploy docs e2e main preload renderer resources workers".split(" ");
    const loose = [
      "README.md",
      "electron.vite.config.ts",
      "package-lock.json",
      "package.json",
      "tsconfig.json",
    ];
    const names = topLevelNames().filter((name) => !name.startsWith("."));
    expect(names.toSorted()).toEqual([...folders, ...loose].toSorted());
  });
});

function matchesIn(files: readonly { path: string; text: string }[], pattern: RegExp): string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  );
}

/** Uses of the wall clock, of chance, of timers and of the network, whatever they are written as. */
function impurities({ path, text, program }: Module): string[] {
  const found: string[] = [];
  const note = ({ start }: { start: number }, what: string): void => {
    found.push(`${path}:${text.slice(0, start).split("\n").length}: ${what}`);
  };
  const globals = new Set(["setTimeout", "setInterval", "setImmediate", "fetch", "Date"]);
  const members = new Set([
    "Date.now",
    "Math.random",
    "process.hrtime",
    "crypto.randomUUID",
    "crypto.getRandomValues",
    "crypto.randomBytes",
    "crypto.randomInt",
  ]);
  new Visitor({
    CallExpression(node) {
      const name = calleeName(node.callee);
      if (globals.has(name)) note(node, `${name}()`);
    },
    NewExpression(node) {
      const name = calleeName(node.callee);
      if (name === "WebSocket" || (name === "Date" && node.arguments.length === 0)) {
        note(node, `new ${name}()`);
      }
    },
    MemberExpression(node) {
      const name = memberName(node);
      if (name !== undefined && (members.has(name) || name.startsWith("performance."))) {
        note(node, name);
      }
    },
  }).visit(program);
  return found;
}

/** `f` and `globalThis.f` are the same function. */
function calleeName(callee: ESTree.Expression): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression") return "";
  const name = memberName(callee) ?? "";
  return name.startsWith("globalThis.") ? name.slice("globalThis.".length) : "";
}

/** "object.property" for a property of a plain name, dotted or in brackets with a literal. */
function memberName(node: ESTree.MemberExpression): string | undefined {
  if (node.object.type !== "Identifier") return undefined;
  if (node.property.type === "Identifier" && !node.computed) {
    return `${node.object.name}.${node.property.name}`;
  }
  return node.property.type === "Literal"
    ? `${node.object.name}.${node.property.value}`
    : undefined;
}
