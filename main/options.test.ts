import { homedir } from "node:os";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subsystemIds } from "../workers/service/contract.ts";
import { defaultHome, helpText, type Options, OptionsError, parseOptions } from "./options.ts";

const manyOrigins = Array.from({ length: 9 }, (_, at) => `https://a${at}.example`).join(",");
const environment = { XDG_DATA_HOME: "/data" };

/** Options that may be asked for together, each with the texts that ask for it. */
const optionsArbitrary: fc.Arbitrary<Options> = fc
  .record({
    headless: fc.boolean(),
    home: fc.string({ minLength: 1 }).filter((text) => !/^-|^\s*$|\0/.test(text)),
    ephemeral: fc.boolean(),
    portBase: fc.integer({ min: 1, max: 65_528 }),
    only: fc.subarray([...subsystemIds], { minLength: 1 }),
    auth: fc.constantFrom("open" as const, "required" as const),
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("localhost")),
    allowOrigin: fc.subarray(["chrome-extension://abcdefghijklmnop", "https://app.example:8443"], {
      minLength: 1,
    }),
    open: fc.boolean(),
    validators: fc.integer({ min: 3, max: 7 }),
    consensus: fc.constantFrom("raft" as const, "pbft" as const),
    genesis: fc.constantFrom("genesis.json", "/etc/genesis.json"),
    import: fc.constantFrom("chain.rlp", "/tmp/chain.rlp"),
  })
  .filter(({ auth, host }) => auth === "required" || host === "localhost" || host === "::1")
  .filter(({ consensus, validators }) => consensus === "raft" || validators >= 4)
  .map((options) => ({
    ...options,
    home: resolve(options.home),
    genesis: resolve(options.genesis),
    import: resolve(options.import),
    help: false,
  }));

const texts = (options: Options): [flag: string, variable: string, text: string | boolean][] => [
  ["--headless", "DEMO_HEADLESS", options.headless],
  ["--home", "DEMO_HOME", options.home],
  ["--ephemeral", "DEMO_EPHEMERAL", options.ephemeral],
  ["--port-base", "DEMO_PORT_BASE", String(options.portBase)],
  ["--only", "DEMO_ONLY", options.only.join(",")],
  ["--auth", "DEMO_AUTH", options.auth],
  ["--host", "DEMO_HOST", options.host],
  ["--allow-origin", "DEMO_ALLOW_ORIGIN", options.allowOrigin.join(",")],
  ["--open", "DEMO_OPEN", options.open],
  ["--validators", "DEMO_VALIDATORS", String(options.validators)],
  ["--consensus", "DEMO_CONSENSUS", options.consensus],
  ["--genesis", "DEMO_GENESIS", String(options.genesis)],
  ["--import", "DEMO_IMPORT", String(options.import)],
];

const toArguments = (options: Options, inline: boolean): string[] =>
  texts(options).flatMap(([flag, , text]) => {
    if (typeof text === "boolean") return text ? [flag] : [];
    return inline ? [`${flag}=${text}`] : [flag, text];
  });

const toEnvironment = (options: Options): Record<string, string> =>
  Object.fromEntries(texts(options).map(([, variable, text]) => [variable, String(text)]));

describe("parseOptions", () => {
  it("gives the documented defaults", () => {
    expect(parseOptions([], {})).toEqual({
      headless: false,
      home: defaultHome(process.platform, {}, homedir()),
      ephemeral: false,
      portBase: 3000,
      only: subsystemIds,
      auth: "open",
      host: "127.0.0.1",
      allowOrigin: [],
      open: false,
      validators: 3,
      consensus: "raft",
      genesis: null,
      import: null,
      help: false,
    });
  });

  it("reads back whatever flags say, in both spellings", () => {
    fc.assert(
      fc.property(optionsArbitrary, fc.boolean(), (options, inline) => {
        expect(parseOptions(toArguments(options, inline), environment)).toEqual(options);
      }),
    );
  });

  it.each([
    "*",
    "null",
    "https://app.example/",
    "https://*.example",
    "file:///x",
    "",
    "a,b",
    manyOrigins,
  ])("takes no origin %s", (text) => {
    expect(() => parseOptions([`--allow-origin=${text}`], environment)).toThrow(OptionsError);
  });

  it("reads back whatever the environment says", () => {
    fc.assert(
      fc.property(optionsArbitrary, (options) => {
        expect(parseOptions([], toEnvironment(options))).toEqual(options);
      }),
    );
  });

  it("lets a flag win over its variable", () => {
    fc.assert(
      fc.property(optionsArbitrary, optionsArbitrary, (flags, variables) => {
        const parsed = parseOptions(toArguments(flags, false), toEnvironment(variables));
        expect(parsed).toEqual({
          ...flags,
          headless: flags.headless || variables.headless,
          ephemeral: flags.ephemeral || variables.ephemeral,
          open: flags.open || variables.open,
        });
      }),
    );
  });

  it("answers anything else with a sentence and nothing but a sentence", () => {
    const flagLike = fc.constantFrom(
      "--home",
      "--only",
      "--port-base",
      "--host",
      "--auth",
      "--open",
    );
    const words = fc.oneof(
      flagLike,
      fc.string(),
      fc.string().map((text) => `--${text}`),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (argv) => {
        try {
          expect(parseOptions(argv, {})).toHaveProperty("portBase");
        } catch (error) {
          expect(error).toBeInstanceOf(OptionsError);
          expect((error as Error).message).toMatch(/^[^]+[.?]$/);
        }
      }),
    );
  });

  it.each([
    [["--prot-base", "4000"], "--prot-base is not a flag; did you mean --port-base?"],
    [["--headles"], "--headles is not a flag; did you mean --headless?"],
    [["--frobnicate"], "--frobnicate is not a flag; --help lists them all."],
    [["edge"], '"edge" is not understood: there are only flags, and --help lists them.'],
    [["--"], "-- is not a flag; --help lists them all."],
    [["--home"], "--home needs a value: --home DIR."],
    [["--home", "--ephemeral"], "--home needs a value: --home DIR."],
    [["--home="], '--home is ""; it needs the path of a folder.'],
    [["--open=yes"], '--open takes no value, so "--open=yes" is not understood.'],
    [["--open", "--open"], "--open is given twice; give it once."],
    [["--host=::1", "--host", "::1"], "--host is given twice; give it once."],
    [["--only", ""], `--only names no thread; known are ${subsystemIds.join(", ")}.`],
    [["--only=,"], `--only names no thread; known are ${subsystemIds.join(", ")}.`],
    [
      ["--only", "quantum,edgy"],
      `--only names "edgy", which is no thread; known are ${subsystemIds.join(", ")}.`,
    ],
    [["--auth", "none"], '--auth is "none"; accepted are open and required.'],
    [
      ["--host", "example.test"],
      '--host is "example.test"; accepted is localhost or an IP address of this machine.',
    ],
  ])("%j: %s", (argv, sentence) => {
    expect(() => parseOptions(argv, {})).toThrow(new OptionsError(sentence));
  });

  it.each(["0", "65529", "-1", "3e3", "0x10", "3000.5", " 3000", "", "999999"])(
    "refuses the port base %j",
    (text) => {
      expect(() => parseOptions([`--port-base=${text}`], {})).toThrow(
        new OptionsError(
          `--port-base is "${text}"; accepted is a whole number from 1 to 65528, as the last port is 7 above it.`,
        ),
      );
    },
  );

  it("names the variable when the variable is wrong", () => {
    expect(() => parseOptions([], { DEMO_OPEN: "maybe" })).toThrow(
      new OptionsError('DEMO_OPEN is "maybe"; accepted are 1, true, yes, on, 0, false, no, off.'),
    );
    expect(parseOptions([], { DEMO_OPEN: "", DEMO_ONLY: "" })).toEqual(parseOptions([], {}));
  });

  it.each(["0.0.0.0", "::", "192.168.1.20", "::ffff:127.0.0.1", "fe80::1"])(
    "does not open %s to the network without a token",
    (host) => {
      expect(() => parseOptions(["--host", host], {})).toThrow(
        /would give everyone on the network/,
      );
      expect(parseOptions(["--host", host, "--auth", "required"], {}).host).toBe(host);
    },
  );

  it.each(["127.0.0.1", "127.9.9.9", "::1", "localhost"])("takes %s for loopback", (host) => {
    expect(parseOptions(["--host", host], {}).host).toBe(host);
  });

  it("keeps the start order of the subsystem table and drops repetitions", () => {
    const reversed = subsystemIds.toReversed();
    expect(parseOptions(["--only", [...reversed, ...reversed].join(",")], {}).only).toEqual(
      subsystemIds,
    );
  });
});

describe("defaultHome", () => {
  it.each([
    ["linux", {}, "/home/ada", "/home/ada/.local/share/demo-control-center"],
    ["linux", { XDG_DATA_HOME: "/data" }, "/home/ada", "/data/demo-control-center"],
    ["linux", { XDG_DATA_HOME: "data" }, "/home/ada", "/home/ada/.local/share/demo-control-center"],
    ["darwin", {}, "/Users/ada", "/Users/ada/Library/Application Support/demo-control-center"],
    ["win32", { APPDATA: "D:\\Data" }, "C:\\Users\\ada", "D:\\Data\\demo-control-center"],
    ["win32", {}, "C:\\Users\\ada", "C:\\Users\\ada\\AppData\\Roaming\\demo-control-center"],
  ] as const)("on %s with %j", (platform, env, userFolder, expected) => {
    expect(defaultHome(platform, env, userFolder)).toBe(expected);
  });
});

describe("helpText", () => {
  it("names every flag with its variable and default", () => {
    const help = helpText();
    for (const [flag, variable] of texts(parseOptions([], {}))) {
      const row = help.split("\n").find((line) => line.includes(`${flag} `));
      expect(row).toContain(variable);
    }
    expect(help).toMatch(/--port-base N .*\(default: 3000\)/);
    expect(help).toContain("--help");
  });
});
