/** What every container finds in its file system, and what is mounted into it. */
import type { ContainerSpec } from "../container-spec.ts";
import { hostedLimits } from "../pod-limits.ts";

/** Mounted files take the place of the image's; a name that is no absolute path lies in /etc/config. */
export function standardFiles({
  podName,
  namespace,
  files,
}: ContainerSpec): Record<string, string> {
  const mounted: Record<string, string> = {};
  let bytes = 0;
  for (const [name, text] of Object.entries(files).slice(0, hostedLimits.filesMax / 2)) {
    bytes += text.length;
    if (bytes > hostedLimits.fileBytesMax / 2) break;
    mounted[name.startsWith("/") ? name : `/etc/config/${name}`] = text;
  }
  return {
    "/etc/hostname": `${podName}\n`,
    "/etc/hosts": `127.0.0.1\tlocalhost\n127.0.0.1\t${podName}\n`,
    "/etc/os-release": 'NAME="BusyBox"\nID=busybox\n',
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "/etc/resolv.conf": `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\n`,
    ...mounted,
  };
}
