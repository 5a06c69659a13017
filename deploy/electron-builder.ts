/**
 * What `npm run package` makes of out/. Everything is bundled, so no package goes along. There is
 * no update server, so nothing is published and the application does not look for updates.
 */
import type { Configuration } from "electron-builder";

const configuration: Configuration = {
  appId: "center.demo.control",
  productName: "Demo Control Center",
  directories: { output: "dist", buildResources: "resources/icons" },
  files: ["out/**", "!out/.*", "resources/**", "package.json", "!node_modules"],
  asar: true,
  npmRebuild: false,
  publish: null,
  icon: "resources/icons/icon.png",
  protocols: [{ name: "Demo Control Center", schemes: ["demo"] }],
  /** Switches in the binary itself, which no argument and no variable can turn back. */
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    // The snapshot file that this one asks for is not among those that Electron ships.
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: {
    target: ["AppImage"],
    category: "Development",
    executableName: "demo-control-center",
  },
  mac: { target: ["dmg"], category: "public.app-category.developer-tools", hardenedRuntime: true },
  win: { target: ["nsis"] },
};

export default configuration;
