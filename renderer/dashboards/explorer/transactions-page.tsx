import { Panel } from "../../components/page-frame.tsx";
import { TransactionTable } from "../blockchain/transaction-table.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import { listHeightMax } from "./list-height.ts";

export function TransactionsPage(): React.JSX.Element {
  return (
    <ExplorerFrame>
      <Panel title="Transactions" id="transactions">
        <TransactionTable heightMax={listHeightMax} />
      </Panel>
    </ExplorerFrame>
  );
}
