import { getRouteApi } from "@tanstack/react-router";
import { PageFrame } from "../../components/page-frame.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import classes from "./automl.module.css";
import { OrderPanel } from "./order-panel.tsx";
import { SearchPanel } from "./search-panel.tsx";
import { TablePanel } from "./table-panel.tsx";

const route = getRouteApi("/learning/automl");

export function AutomlPage(): React.JSX.Element {
  const { table = "sample-iris", target, job } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <PageFrame
      title="AutoML"
      verdict="From a table and the name of a column to a model with reasons"
    >
      <OfflineOr thread="analytics">
        <div className={classes.two}>
          <TablePanel table={table} onTable={(id) => void navigate({ search: { table: id } })} />
          <OrderPanel
            key={table}
            table={table}
            target={target}
            onTarget={(name) => void navigate({ search: { table, target: name }, replace: true })}
            onStarted={(id) =>
              void navigate({ search: (search) => ({ ...search, job: id }), replace: true })
            }
          />
        </div>
        {job !== undefined && <SearchPanel key={job} job={job} />}
      </OfflineOr>
    </PageFrame>
  );
}
