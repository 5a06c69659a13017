import { Panel } from "../../components/page-frame.tsx";
import { AccountTable } from "../blockchain/account-table.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import { listHeightMax } from "./list-height.ts";

export function AddressesPage(): React.JSX.Element {
  return (
    <ExplorerFrame>
      <Panel title="Addresses" id="addresses">
        <AccountTable heightMax={listHeightMax} />
      </Panel>
    </ExplorerFrame>
  );
}
