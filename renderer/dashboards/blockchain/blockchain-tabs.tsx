import { Link } from "@tanstack/react-router";
import classes from "./blockchain-tabs.module.css";

const tabs = [
  { to: "/blockchain", name: "Overview" },
  { to: "/blockchain/blocks", name: "Blocks" },
  { to: "/blockchain/transactions", name: "Transactions" },
  { to: "/blockchain/addresses", name: "Addresses" },
  { to: "/blockchain/tokens", name: "Tokens" },
  { to: "/blockchain/validators", name: "Validators" },
  { to: "/blockchain/mempool", name: "Mempool and gas" },
  { to: "/blockchain/wallets", name: "Wallets" },
  { to: "/blockchain/connect", name: "Connect" },
] as const;

/** The workbenches of the blockchain, on each of its pages. */
export function BlockchainTabs() {
  return (
    <nav aria-label="Blockchain pages" className={classes.tabs}>
      <ul>
        {tabs.map(({ to, name }) => (
          <li key={to}>
            <Link
              to={to}
              activeOptions={{ exact: to === "/blockchain", includeSearch: false }}
              activeProps={{ "aria-current": "page" }}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
