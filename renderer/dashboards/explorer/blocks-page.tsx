import { Panel } from "../../components/page-frame.tsx";
import { BlockTable } from "../blockchain/block-table.tsx";
import { ExplorerFrame } from "./explorer-frame.tsx";
import { listHeightMax } from "./list-height.ts";

export function BlocksPage(): React.JSX.Element {
  return (
    <ExplorerFrame>
      <Panel title="Blocks" id="blocks">
        <BlockTable heightMax={listHeightMax} />
      </Panel>
    </ExplorerFrame>
  );
}
