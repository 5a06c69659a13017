/** What a person does with a cluster in an afternoon, as commands of kubectl. */
import type { Step } from "./kubectl-session.ts";

const deployment = (image: string, replicas: number): string =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels: { app: "web" } },
    spec: {
      replicas,
      progressDeadlineSeconds: 3,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          terminationGracePeriodSeconds: 2,
          containers: [
            {
              name: "web",
              image,
              ports: [{ containerPort: 80 }],
              readinessProbe: { httpGet: { path: "/", port: 80 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  });

const configured = `
apiVersion: v1
kind: Pod
metadata: {name: configured, labels: {tier: test}}
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 1
  volumes: [{name: files, configMap: {name: settings}}]
  containers:
  - name: main
    image: busybox
    command: [sh, -c, 'echo "color=$COLOR on $NODE"; cat /etc/settings/note; echo; while true; do echo tick; sleep 1; done']
    env:
    - {name: COLOR, valueFrom: {configMapKeyRef: {name: settings, key: color}}}
    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    volumeMounts: [{name: files, mountPath: /etc/settings}]
`;

/** Roll out, look, change, undo: each version of kubectl does this. */
export const rollouts: readonly Step[] = [
  { args: "version", shows: /Server Version/ },
  { args: "get nodes", shows: /worker-a-0 +Ready[^]*worker-b-0 +Ready[^]*worker-c-0 +Ready/ },
  { args: "apply -f -", input: deployment("nginx:1.26", 3), shows: /web created/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "get deployment web", shows: /web +3\/3 +3 +3/ },
  { args: "get pods -l app=web -o wide", shows: /1\/1 +Running +0 .*10\.\d+\.\d+\.\d+ +worker-/ },
  { args: "diff -f -", input: deployment("nginx:1.27", 3), code: 1, shows: /^\+.*nginx:1.27/m },
  { args: "apply -f -", input: deployment("nginx:1.27", 3), shows: /configured/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "set image deployment/web web=nginx:1.28", shows: /image updated/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "rollout history deployment/web", shows: /^1 .*\n2 .*\n3 /m },
  { args: "rollout history deployment/web --revision=2", shows: /nginx:1.27/ },
  { args: "rollout undo deployment/web", shows: /rolled back/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "get deployment web -o jsonpath={..image}", shows: /^nginx:1.27$/ },
  { args: "rollout undo deployment/web --to-revision=1", shows: /rolled back/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "get deployment web -o jsonpath={..image}", shows: /^nginx:1.26$/ },
  { args: "rollout restart deployment/web", shows: /restarted/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "scale deployment/web --replicas=5", shows: /scaled/ },
  {
    args: "wait deployment/web --for=jsonpath={.status.readyReplicas}=5 --timeout=20s",
    shows: /condition met/,
  },
  { args: "get rs -l app=web", shows: /web-\S+ +5 +5 +5/ },
  { args: "scale deployment/web --replicas=2", shows: /scaled/ },
  { args: "get deployment web", shows: /web +2\/2 +2 +2/, until: true },
  { args: "set image deployment/web web=ngnix:1", shows: /image updated/ },
  { args: "get pods -l app=web", shows: /0\/1 +ErrImagePull|0\/1 +ImagePullBackOff/, until: true },
  {
    args: "rollout status deployment/web --timeout=20s",
    code: 1,
    shows: /exceeded its progress deadline/,
  },
  { args: "get deployment web", shows: /web +2\/2 +1 +2/ },
  { args: "describe pods -l app=web", shows: /Failed to pull image "ngnix:1"/ },
  { args: "rollout undo deployment/web", shows: /rolled back/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "expose deployment/web --port=8080 --target-port=80", shows: /exposed/ },
  { args: "get endpoints web", shows: /10\.\d+\.\d+\.\d+:80,10\.\d+\.\d+\.\d+:80/, until: true },
  { args: "exec deploy/web -- wget -qO- http://web:8080/", shows: /Welcome to nginx/ },
];

/** The rest of the afternoon. */
export const operations: readonly Step[] = [
  {
    args: "apply --server-side --field-manager=second -f -",
    input: deployment("nginx:2", 2),
    code: 1,
    shows: /conflict/,
  },
  {
    args: "apply --server-side --force-conflicts -f -",
    input: deployment("nginx:2", 2),
    shows: /serverside-applied/,
  },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "rollout pause deployment/web", shows: /paused/ },
  { args: "set env deployment/web KEY=value", shows: /env updated/ },
  { args: "get rs -l app=web -o jsonpath={..env}", shows: /^$/ },
  { args: "rollout resume deployment/web", shows: /resumed/ },
  { args: "rollout status deployment/web --timeout=20s", shows: /successfully rolled out/ },
  { args: "exec deploy/web -- env", shows: /^KEY=value$/m },
  { args: "label deployment/web tier=front", shows: /labeled/ },
  { args: "annotate deployment/web note=seen", shows: /annotated?/ },
  { args: `patch deployment/web -p '{"spec":{"replicas":3}}'`, shows: /patched/ },
  {
    args: `patch deployment/web --type=merge -p '{"spec":{"minReadySeconds":0}}'`,
    shows: /patched/,
  },
  {
    args: `patch deployment/web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":4}]'`,
    shows: /patched/,
  },
  {
    args: `patch deployment/web --subresource=scale --type=merge -p '{"spec":{"replicas":3}}'`,
    shows: /patched/,
  },
  { args: "wait deployment/web --for=condition=Available --timeout=20s", shows: /condition met/ },
  { args: "autoscale deployment/web --min=2 --max=5", shows: /autoscaled/ },
  {
    args: "create configmap settings --from-literal=color=blue --from-literal=note=hello",
    shows: /created/,
  },
  { args: "create secret generic keys --from-literal=a=b", shows: /created/ },
  { args: "create serviceaccount robot", shows: /created/ },
  { args: "create job once --image=busybox -- true", shows: /created/ },
  { args: "create cronjob often --image=busybox '--schedule=*/5 * * * *'", shows: /created/ },
  { args: "create role reader --verb=get --resource=pods", shows: /created/ },
  { args: "create rolebinding readers --role=reader --user=jane", shows: /created/ },
  { args: "create ingress front --rule=demo.example.com/*=web:8080", shows: /created/ },
  { args: "create quota small --hard=pods=40", shows: /created/ },
  { args: "create priorityclass high --value=1000", shows: /created/ },
  { args: "create service clusterip plain --tcp=80", shows: /created/ },
  { args: "apply -f -", input: configured, shows: /configured created/ },
  { args: "wait pod/configured --for=condition=Ready --timeout=20s", shows: /condition met/ },
  { args: "logs configured", shows: /^color=blue on worker-[abc]-0\nhello\n/ },
  { args: "exec configured -- cat /etc/settings/color", shows: /^blue/ },
  { args: "exec configured -- sh -c 'exit 3'", code: 3, shows: /exit code 3/ },
  {
    args: "exec -i configured -- cat",
    input: "from standard input\n",
    shows: /from standard input/,
  },
  { args: "create deployment crasher --image=failing", shows: /created/ },
  { args: "get pods -l app=crasher", shows: /CrashLoopBackOff +[1-9]/, until: true },
  { args: "logs -l app=crasher --previous", shows: /fatal: this image always fails/ },
  { args: "describe pods -l app=crasher", shows: /Last State: +Terminated[^]*Back-off restarting/ },
  { args: "events --types=Warning", shows: /BackOff/ },
  { args: "delete deployment crasher --cascade=foreground", shows: /deleted/ },
  { args: "get pods -l app=crasher", shows: /No resources found/, until: true },
  { args: "create deployment orphans --image=echo --replicas=2", shows: /created/ },
  { args: "rollout status deployment/orphans --timeout=20s", shows: /successfully rolled out/ },
  { args: "delete deployment orphans --cascade=orphan", shows: /deleted/ },
  { args: "get rs,pods -l app=orphans", shows: /2 +2 +2[^]*1\/1 +Running[^]*1\/1 +Running/ },
  { args: "delete rs -l app=orphans", shows: /deleted/ },
  { args: "get pods -l app=orphans", shows: /No resources found/, until: true },
  { args: "explain deployment.spec.strategy.rollingUpdate", shows: /maxSurge/ },
  { args: "auth can-i delete pods", shows: /^yes/ },
  { args: "get all", shows: /deployment.apps\/web/ },
  { args: "get pods -A --sort-by=.metadata.name", shows: /configured/ },
  { args: "top nodes", shows: /worker-a-0 +\d+m/, until: true },
  { args: "cordon worker-a-0", shows: /cordoned/ },
  { args: "get nodes", shows: /worker-a-0 +Ready,SchedulingDisabled/ },
  { args: "create deployment elsewhere --image=echo --replicas=6", shows: /created/ },
  { args: "rollout status deployment/elsewhere --timeout=20s", shows: /successfully rolled out/ },
  {
    args: "get pods -l app=elsewhere --field-selector=spec.nodeName=worker-a-0",
    shows: /No resources found/,
  },
  {
    args: "drain worker-b-0 --ignore-daemonsets --force --delete-emptydir-data --timeout=20s",
    shows: /node\/worker-b-0 drained/,
  },
  { args: "get pods -A --field-selector=spec.nodeName=worker-b-0", shows: /No resources found/ },
  { args: "get deploy elsewhere web", shows: /elsewhere +6\/6[^]*web +3\/3/, until: true },
  { args: "uncordon worker-a-0 worker-b-0", shows: /worker-b-0 uncordoned/ },
  { args: "taint nodes worker-c-0 broken=yes:NoExecute", shows: /tainted/ },
  {
    args: "get pods -A --field-selector=spec.nodeName=worker-c-0",
    shows: /No resources found/,
    until: true,
  },
  { args: "get deploy elsewhere web", shows: /elsewhere +6\/6[^]*web +3\/3/, until: true },
  { args: "taint nodes worker-c-0 broken-", shows: /untainted/ },
  { args: "create namespace dev", shows: /created/ },
  { args: "create deployment inner --image=echo -n dev", shows: /created/ },
  { args: "rollout status deployment/inner -n dev --timeout=20s", shows: /successfully/ },
  { args: "delete namespace dev --timeout=20s", shows: /deleted/ },
  { args: "get all,cm,sa -n dev", shows: /No resources found/ },
  { args: "get namespace dev", code: 1, shows: /"dev" not found/ },
  { args: "delete deployment elsewhere --cascade=background", shows: /deleted/ },
  {
    args: "delete pod,svc,cm,secret,job,cronjob,hpa,ing,quota,role,rolebinding --all --timeout=20s",
    shows: /deleted/,
  },
];
