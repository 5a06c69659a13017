import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kubectls, type Outcome, runKubectl } from "./testing/kubectl.ts";
import { startTestServer } from "./testing/test-server.ts";

interface Step {
  readonly args: string;
  /** What the output shows; an exit code of its own where it is not 0. */
  readonly shows: RegExp;
  readonly code?: number;
  readonly input?: string;
}

const deployment = (image: string): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image }] },
      },
    },
  });

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: rockets.space.example.com}
spec:
  group: space.example.com
  scope: Namespaced
  names: {plural: rockets, singular: rocket, kind: Rocket, shortNames: [rk]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.engines, statusReplicasPath: .status.engines}}
    additionalPrinterColumns: [{name: Engines, type: integer, jsonPath: .spec.engines}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [payload]
            properties:
              payload: {type: string, maxLength: 10}
              engines: {type: integer, minimum: 1, default: 9}
          status: {type: object, properties: {engines: {type: integer}}}
`;
const rocket = (payload: string): string =>
  JSON.stringify({
    apiVersion: "space.example.com/v1",
    kind: "Rocket",
    metadata: { name: "falcon", namespace: "default" },
    spec: { payload },
  });

const session: readonly Step[] = [
  { args: "version", shows: /Server Version: (?:v1|.*GitVersion:"v1|version)/ },
  { args: "cluster-info", shows: /is running at/ },
  { args: "api-resources", shows: /deployments +deploy +apps\/v1 +true +Deployment/ },
  { args: "api-versions", shows: /^autoscaling\/v2$/m },
  { args: "get nodes", shows: /node-1 +Ready +<none>/ },
  { args: "get nodes -o wide", shows: /CONTAINER-RUNTIME[^]*test:\/\/1/ },
  { args: "apply -f -", input: deployment("nginx:1"), shows: /deployment.apps\/web created/ },
  { args: "apply -f -", input: deployment("nginx:1"), shows: /unchanged/ },
  { args: "diff -f -", input: deployment("nginx:2"), code: 1, shows: /^\+.*nginx:2/m },
  { args: "apply -f -", input: deployment("nginx:2"), shows: /configured/ },
  { args: "apply --dry-run=server -f -", input: deployment("nginx:3"), shows: /server dry run/ },
  { args: "get deploy web -o jsonpath={..image}", shows: /^nginx:2$/ },
  { args: "apply --server-side -f -", input: deployment("nginx:4"), code: 1, shows: /conflict/ },
  {
    args: "apply --server-side --force-conflicts -f -",
    input: deployment("nginx:4"),
    shows: /serverside-applied/,
  },
  { args: "replace -f -", input: deployment("nginx:5"), shows: /replaced/ },
  { args: "create -f -", input: deployment("nginx:5"), code: 1, shows: /already exists/ },
  { args: "get deploy,rs,pods -o wide", shows: /deployment.apps\/web +0\/2/ },
  { args: "describe deployment web", shows: /RollingUpdateStrategy/ },
  { args: "scale deployment/web --replicas=5", shows: /scaled/ },
  { args: "scale deployment/web --replicas=2 --current-replicas=5", shows: /scaled/ },
  {
    args: 'patch deployment/web --subresource=scale --type=merge -p {"spec":{"replicas":3}}',
    shows: /patched/,
  },
  { args: "get deploy web -o jsonpath={.spec.replicas}", shows: /^3$/ },
  { args: "set image deployment/web web=nginx:6", shows: /image updated/ },
  { args: "set env deployment/web KEY=value", shows: /env updated/ },
  { args: "set resources deployment/web --requests=cpu=100m", shows: /requirements updated/ },
  { args: "rollout restart deployment/web", shows: /restarted/ },
  { args: "rollout pause deployment/web", shows: /paused/ },
  { args: "rollout resume deployment/web", shows: /resumed/ },
  { args: "label deployment/web tier=front", shows: /labeled/ },
  { args: "annotate deployment/web note=x", shows: /annotated?/ },
  { args: 'patch deployment/web -p {"spec":{"replicas":4}}', shows: /patched/ },
  {
    args: 'patch deployment/web --type=json -p [{"op":"replace","path":"/spec/replicas","value":-1}]',
    code: 1,
    shows: /spec.replicas: Invalid value: -1/,
  },
  { args: "autoscale deployment/web --min=2 --max=5", shows: /autoscaled/ },
  { args: "get hpa", shows: /web +Deployment\/web/ },
  {
    args: "get horizontalpodautoscalers.v1.autoscaling web -o yaml",
    shows: /apiVersion: autoscaling\/v1/,
  },
  { args: "describe hpa web", shows: /Max replicas: +5/ },
  { args: "expose deployment/web --port=80 --type=NodePort", shows: /exposed/ },
  { args: "get svc -o wide", shows: /web +NodePort +10\.\d+\.\d+\.\d+ +<none> +80:3\d{4}\/TCP/ },
  { args: "describe svc web", shows: /NodePort/ },
  { args: "create deployment api --image=img:1 --replicas=2", shows: /created/ },
  { args: "create configmap settings --from-literal=a=b", shows: /created/ },
  { args: "create secret generic keys --from-literal=a=b", shows: /created/ },
  { args: "create namespace dev", shows: /created/ },
  { args: "create serviceaccount robot", shows: /created/ },
  { args: "create job once --image=img:1", shows: /created/ },
  { args: "create cronjob often --image=img:1 --schedule=*/5_*_*_*_*", shows: /created/ },
  { args: "create role reader --verb=get --resource=pods", shows: /created/ },
  { args: "create rolebinding readers --role=reader --user=jane", shows: /created/ },
  { args: "create ingress front --rule=demo.example.com/*=web:80", shows: /created/ },
  { args: "create quota small --hard=pods=5", shows: /created/ },
  { args: "create poddisruptionbudget web --selector=app=web --min-available=1", shows: /created/ },
  { args: "create priorityclass high --value=1000", shows: /created/ },
  { args: "get cm,secret,sa,job,cronjob,role,rolebinding,ing,quota,pdb,pc", shows: /pods: 0\/5/ },
  { args: "get namespaces", shows: /dev +Active/ },
  { args: "run one --image=img:1", shows: /created/ },
  { args: "wait --for=condition=Ready pod/one --timeout=10s", shows: /condition met/ },
  { args: "get pods", shows: /one +1\/1 +Running +0/ },
  { args: "get pods -A -o wide", shows: /default +one +1\/1 +Running/ },
  { args: "get pods --sort-by=.metadata.name", shows: /one/ },
  { args: "get pods --field-selector=status.phase!=Running", shows: /No resources found/ },
  { args: "get pods -l run=one -o name", shows: /^pod\/one$/m },
  { args: "get pods -l run!=one", shows: /No resources found/ },
  { args: "get pod one -o yaml", shows: /phase: Running/ },
  { args: "get pods -o custom-columns=N:.metadata.name", shows: /^one$/m },
  { args: "describe pod one", shows: /Container|Image: +img:1/ },
  { args: "logs one --tail=2", shows: /line 19\nline 20\n/ },
  {
    args: "logs one --timestamps --since-time=2026-01-01T00:00:18Z",
    shows: /^2026-01-01T00:00:18\S+ line 19$/m,
  },
  { args: "logs -l run=one --prefix --tail=1", shows: /line 20/ },
  { args: "exec one -- echo hello", shows: /^hello\n/ },
  { args: "exec one -- sh -c exit_3", code: 3, shows: /exit code 3/ },
  { args: "exec -i one -- cat", input: "from standard input\n", shows: /from standard input/ },
  { args: "attach one", shows: /attached/ },
  { args: "top nodes", shows: /node-1 +250m +6%/ },
  { args: "top pods", shows: /one +250m +64Mi/ },
  { args: "events", shows: /No events found|LAST SEEN/ },
  { args: "get events", shows: /No resources found/ },
  { args: "cordon node-1", shows: /cordoned/ },
  { args: "get nodes", shows: /node-1 +Ready,SchedulingDisabled/ },
  { args: "taint nodes node-2 k=v:NoSchedule", shows: /tainted/ },
  { args: "drain node-1 --ignore-daemonsets --force", shows: /pod\/one evicted/ },
  { args: "uncordon node-1", shows: /uncordoned/ },
  { args: "auth can-i create deployments", shows: /^yes/ },
  { args: "auth can-i --list", shows: /\*\.\* +\[\]/ },
  { args: "create role robots --verb=get,list --resource=pods", shows: /created/ },
  {
    args: "create rolebinding robots --role=robots --serviceaccount=default:robot",
    shows: /created/,
  },
  { args: "auth can-i list pods --as=system:serviceaccount:default:robot", shows: /^yes/ },
  {
    args: "auth can-i delete pods --as=system:serviceaccount:default:robot",
    code: 1,
    shows: /^no/,
  },
  {
    args: "auth can-i list pods -n kube-system --as=system:serviceaccount:default:robot",
    code: 1,
    shows: /^no/,
  },
  { args: "auth can-i delete nodes --as=root --as-group=system:masters", shows: /^yes/ },
  {
    args: "auth can-i --list --as=system:serviceaccount:default:robot",
    shows: /^pods +\[\] +\[\] +\[get list\]/m,
  },
  { args: "get pods --as=system:serviceaccount:default:robot", shows: /No resources found|NAME/ },
  {
    args: "get secrets --as=jane",
    code: 1,
    shows:
      /secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "default"/,
  },
  {
    args: "create -f - -o jsonpath={.status.allowed},{.status.reason}",
    input: JSON.stringify({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: "system:serviceaccount:default:robot",
        resourceAttributes: { namespace: "default", verb: "list", resource: "pods" },
      },
    }),
    shows:
      /^true,RBAC: allowed by RoleBinding "robots\/default" of Role "robots" to ServiceAccount "robot\/default"/,
  },
  { args: "delete role,rolebinding robots", shows: /deleted/ },
  { args: "explain deployment.spec.replicas", shows: /Number of desired pods/ },
  { args: "create -f -", input: definition, shows: /rockets.space.example.com created/ },
  {
    args: "wait --for=condition=Established crd/rockets.space.example.com --timeout=10s",
    shows: /met/,
  },
  { args: "apply -f -", input: rocket("a satellite"), code: 1, shows: /at most 10|Too long/ },
  {
    args: "apply -f -",
    input: rocket("satellite"),
    shows: /rocket.space.example.com\/falcon created/,
  },
  { args: "get rockets", shows: /NAME +ENGINES\nfalcon +9/ },
  { args: "get rk falcon -o jsonpath={.spec.engines}", shows: /^9$/ },
  { args: "scale rocket falcon --replicas=3", shows: /scaled/ },
  { args: "explain rocket.spec", shows: /engines/ },
  { args: "delete crd rockets.space.example.com", shows: /deleted/ },
  { args: "get all", shows: /deployment.apps\/web/ },
  { args: "get --raw /healthz", shows: /^ok/ },
  { args: "get --raw /readyz?verbose", shows: /readyz check passed/ },
  { args: "get deployment nosuch", code: 1, shows: /deployments.apps "nosuch" not found/ },
  { args: "get componentstatuses", code: 1, shows: /doesn't have a resource type/ },
  { args: "delete deployment api --cascade=background", shows: /deleted/ },
  { args: "delete configmap settings --dry-run=server", shows: /server dry run/ },
  { args: "delete configmaps --all", shows: /settings" deleted/ },
];

/** What a shell would make of the words; `_` stands for a space within one. */
const wordsOf = (args: string): string[] =>
  args
    .split(" ")
    .map((word) =>
      word.includes("*_") || word.startsWith("exit_") ? word.replaceAll("_", " ") : word,
    );

describe.skipIf(kubectls().length === 0)("kubectl", () => {
  it("is asked for at least eighty commands", () => {
    expect(session.length).toBeGreaterThanOrEqual(80);
  });

  it.each(kubectls())("$name believes the server", { timeout: 180_000 }, async (kubectl) => {
    const home = mkdtempSync(join(tmpdir(), "kubectl-"));
    writeFileSync(join(home, "config"), "");
    const server = await startTestServer({ runs: true });
    const failures: (Outcome & { args: string })[] = [];
    for (const { args, shows, code = 0, input } of session) {
      const options = { server: server.url, home, ...(input !== undefined && { input }) };
      const outcome = await runKubectl(kubectl, wordsOf(args), options);
      if (outcome.code !== code || !shows.test(outcome.output)) failures.push({ args, ...outcome });
    }
    await server.close();
    rmSync(home, { recursive: true });
    expect({ failures, faults: server.faults }).toEqual({ failures: [], faults: [] });
  });
});
