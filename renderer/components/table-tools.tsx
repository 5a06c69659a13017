import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import classes from "./data-table.module.css";
import { number } from "./format.ts";
import { Icon } from "./icon.tsx";

interface TableToolsProps {
  readonly label: string;
  readonly count: number;
  readonly total: number;
  readonly filterText: string;
  readonly onFilter: (text: string) => void;
  readonly onExport: () => void;
}

/** The filter, the count and the export above a table. */
export function TableTools(props: TableToolsProps) {
  const { label, count, total, filterText, onFilter, onExport } = props;
  return (
    <div className={classes.tools}>
      <TextInput
        aria-label={`Filter ${label}`}
        placeholder="Filter: words, column:text, column>number"
        value={filterText}
        onChange={(event) => onFilter(event.currentTarget.value)}
        leftSection={<Icon name="search" />}
        className={classes.filter}
      />
      <span className="soft" role="status">
        {count === total ? "" : `${number(count)} of `}
        {number(total)} {total === 1 ? "row" : "rows"}
      </span>
      <Tooltip label="Export as CSV">
        <ActionIcon aria-label={`Export ${label} as CSV`} onClick={onExport}>
          <Icon name="download" />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
