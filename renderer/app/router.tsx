import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { RouteError } from "../components/route-error.tsx";
import { PageSkeleton } from "../components/page-skeleton.tsx";
import { clusterRoutes } from "./cluster-routes.tsx";
import { learningRoutes } from "./learning-routes.tsx";
import { root } from "./root-route.ts";
import {
  alertsSearch,
  analyticsSearch,
  automlSearch,
  anomaliesSearch,
  blockchainSearch,
  circuitSearch,
  componentsSearch,
  consoleSearch,
  contractsSearch,
  distributedTrainingSearch,
  docsSearch,
  edgeSearch,
  errorCorrectionSearch,
  logsSearch,
  microservicesSearch,
  overviewSearch,
  playgroundSearch,
  quantumSearch,
  testsSearch,
  tracesSearch,
  walletsSearch,
} from "./search-params.ts";

const overview = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: overviewSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/overview/overview-page.tsx"),
    "OverviewPage",
  ),
});

const components = createRoute({
  getParentRoute: () => root,
  path: "/components",
  validateSearch: componentsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/components/components-page.tsx"),
    "ComponentsPage",
  ),
});

const edge = createRoute({
  getParentRoute: () => root,
  path: "/edge",
  validateSearch: edgeSearch,
  component: lazyRouteComponent(() => import("../dashboards/edge/edge-page.tsx"), "EdgePage"),
});

const microservices = createRoute({
  getParentRoute: () => root,
  path: "/microservices",
  validateSearch: microservicesSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/microservices/microservices-page.tsx"),
    "MicroservicesPage",
  ),
});

const blockchain = createRoute({
  getParentRoute: () => root,
  path: "/blockchain",
  validateSearch: blockchainSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/blockchain/blockchain-page.tsx"),
    "BlockchainPage",
  ),
});

const blocks = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/blocks",
  component: lazyRouteComponent(
    () => import("../dashboards/explorer/blocks-page.tsx"),
    "BlocksPage",
  ),
});

const block = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/blocks/$block",
  component: lazyRouteComponent(() => import("../dashboards/explorer/block-page.tsx"), "BlockPage"),
});

const transactions = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/transactions",
  component: lazyRouteComponent(
    () => import("../dashboards/explorer/transactions-page.tsx"),
    "TransactionsPage",
  ),
});

const transaction = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/transactions/$hash",
  component: lazyRouteComponent(
    () => import("../dashboards/explorer/transaction-page.tsx"),
    "TransactionPage",
  ),
});

const addresses = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/addresses",
  component: lazyRouteComponent(
    () => import("../dashboards/explorer/addresses-page.tsx"),
    "AddressesPage",
  ),
});

const address = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/addresses/$address",
  component: lazyRouteComponent(
    () => import("../dashboards/explorer/address-page.tsx"),
    "AddressPage",
  ),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/tokens",
  component: lazyRouteComponent(() => import("../dashboards/tokens/tokens-page.tsx"), "TokensPage"),
});

const token = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/tokens/$address",
  component: lazyRouteComponent(() => import("../dashboards/tokens/token-page.tsx"), "TokenPage"),
});

const validators = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/validators",
  component: lazyRouteComponent(
    () => import("../dashboards/validators/validators-page.tsx"),
    "ValidatorsPage",
  ),
});

const mempool = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/mempool",
  component: lazyRouteComponent(
    () => import("../dashboards/mempool/mempool-page.tsx"),
    "MempoolPage",
  ),
});

const wallets = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/wallets",
  validateSearch: walletsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/wallets/wallets-page.tsx"),
    "WalletsPage",
  ),
});

const connect = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/connect",
  component: lazyRouteComponent(
    () => import("../dashboards/connect/connect-page.tsx"),
    "ConnectPage",
  ),
});

const quantum = createRoute({
  getParentRoute: () => root,
  path: "/quantum",
  validateSearch: quantumSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/quantum/quantum-page.tsx"),
    "QuantumPage",
  ),
});

const tests = createRoute({
  getParentRoute: () => root,
  path: "/tests",
  validateSearch: testsSearch,
  component: lazyRouteComponent(() => import("../dashboards/tests/tests-page.tsx"), "TestsPage"),
});

const errorCorrection = createRoute({
  getParentRoute: () => root,
  path: "/playgrounds/error-correction",
  validateSearch: errorCorrectionSearch,
  component: lazyRouteComponent(
    () => import("../playgrounds/error-correction/error-correction-page.tsx"),
    "ErrorCorrectionPage",
  ),
});

const contractsWorkshop = createRoute({
  getParentRoute: () => root,
  path: "/blockchain/contracts",
  validateSearch: contractsSearch,
  component: lazyRouteComponent(
    () => import("../playgrounds/contracts/contracts-workshop-page.tsx"),
    "ContractsWorkshopPage",
  ),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: "/traces",
  validateSearch: tracesSearch,
  component: lazyRouteComponent(() => import("../dashboards/traces/traces-page.tsx"), "TracesPage"),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: logsSearch,
  component: lazyRouteComponent(() => import("../dashboards/logs/logs-page.tsx"), "LogsPage"),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: "/analytics",
  validateSearch: analyticsSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/analytics/analytics-page.tsx"),
    "AnalyticsPage",
  ),
});

const automl = createRoute({
  getParentRoute: () => root,
  path: "/learning/automl",
  validateSearch: automlSearch,
  component: lazyRouteComponent(() => import("../dashboards/automl/automl-page.tsx"), "AutomlPage"),
});

const anomalies = createRoute({
  getParentRoute: () => root,
  path: "/analytics/anomalies",
  validateSearch: anomaliesSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/anomalies/anomalies-page.tsx"),
    "AnomaliesPage",
  ),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: alertsSearch,
  component: lazyRouteComponent(() => import("../dashboards/alerts/alerts-page.tsx"), "AlertsPage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  component: lazyRouteComponent(() => import("../dashboards/audit/audit-page.tsx"), "AuditPage"),
});

const consensus = createRoute({
  getParentRoute: () => root,
  path: "/consensus",
  component: lazyRouteComponent(
    () => import("../dashboards/consensus/consensus-page.tsx"),
    "ConsensusPage",
  ),
});

const consensusPlayground = createRoute({
  getParentRoute: () => root,
  path: "/playgrounds/consensus",
  validateSearch: playgroundSearch,
  component: lazyRouteComponent(
    () => import("../playgrounds/consensus/playground-page.tsx"),
    "ConsensusPlaygroundPage",
  ),
});

const quantumPlayground = createRoute({
  getParentRoute: () => root,
  path: "/playgrounds/quantum",
  validateSearch: circuitSearch,
  component: lazyRouteComponent(
    () => import("../playgrounds/quantum/quantum-playground-page.tsx"),
    "QuantumPlaygroundPage",
  ),
});

const consolePage = createRoute({
  getParentRoute: () => root,
  path: "/console",
  validateSearch: consoleSearch,
  component: lazyRouteComponent(() => import("../console/console-page.tsx"), "ConsolePage"),
});

const docs = createRoute({
  getParentRoute: () => root,
  path: "/docs",
  validateSearch: docsSearch,
  component: lazyRouteComponent(
    () => import("../console/reference/reference-page.tsx"),
    "ReferencePage",
  ),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => import("./settings-page.tsx"), "SettingsPage"),
});

const distributedTraining = createRoute({
  getParentRoute: () => root,
  path: "/learning/distributed",
  validateSearch: distributedTrainingSearch,
  component: lazyRouteComponent(
    () => import("../dashboards/distributed-training/distributed-training-page.tsx"),
    "DistributedTrainingPage",
  ),
});

const routeTree = root.addChildren([
  overview,
  components,
  edge,
  microservices,
  ...clusterRoutes,
  ...learningRoutes,
  blockchain,
  blocks,
  block,
  transactions,
  transaction,
  addresses,
  address,
  tokens,
  token,
  validators,
  mempool,
  wallets,
  connect,
  quantum,
  consensus,
  consensusPlayground,
  quantumPlayground,
  errorCorrection,
  contractsWorkshop,
  analytics,
  automl,
  distributedTraining,
  anomalies,
  alerts,
  audit,
  tests,
  traces,
  logs,
  consolePage,
  docs,
  settings,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  defaultErrorComponent: RouteError,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
