/** What the nodes say of the machine that they run on (core/v1 NodeSystemInfo). */
import { arch, platform, release, version } from "node:os";
import type { NodeSystemInfo } from "kubernetes-types/core/v1";

/** Go's names of what Node calls x64, as labels of nodes have them. */
const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

export function machineInfo(productVersion: string): NodeSystemInfo {
  return {
    architecture: architectures[arch()] ?? arch(),
    bootID: "",
    containerRuntimeVersion: `worker-threads://${process.versions.node}`,
    kernelVersion: release(),
    kubeProxyVersion: "",
    kubeletVersion: `v1.33.0-demo.${productVersion}`,
    machineID: "",
    operatingSystem: platform() === "win32" ? "windows" : platform(),
    osImage: version(),
    systemUUID: "",
  };
}
