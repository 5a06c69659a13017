/** A kubeconfig for the user: `KUBECONFIG=DEMO_HOME/kubeconfig kubectl get nodes`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

export interface KubeconfigOptions {
  readonly home: string;
  /** "http://127.0.0.1:3005" */
  readonly server: string;
  /** Of the platform, where sign-in is required; null: none is needed. */
  readonly token: string | null;
}

const name = "demo";

/** Writes it whole or not at all, readable by the user alone. @returns its path */
export function writeKubeconfig({ home, server, token }: KubeconfigOptions): string {
  const text = stringify({
    apiVersion: "v1",
    kind: "Config",
    // There is no TLS to verify; Kubernetes' JavaScript client refuses plain HTTP unless this is said.
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: token === null ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "default" } }],
    "current-context": name,
    preferences: {},
  });
  mkdirSync(home, { recursive: true });
  const path = join(home, "kubeconfig");
  const beside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(beside, text, { mode: 0o600, flag: "wx" });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  return path;
}
