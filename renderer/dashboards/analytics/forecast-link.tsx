import { Link } from "@tanstack/react-router";
import { Panel } from "../../components/page-frame.tsx";
import classes from "./analytics.module.css";

/** Where series are forecast: the shown one, or values of one's own. */
export function ForecastLink({ series }: { readonly series: string }) {
  return (
    <Panel title="Forecast your own series" id="workbench">
      <div className={classes.padded}>
        <p>
          The forecast workbench finds seasons, forecasts with intervals, compares every method on
          the past of the values, and says when a limit is reached.
        </p>
        <p>
          <Link to="/learning/forecasts" search={{ own: true }}>
            Forecast values of your own
          </Link>{" "}
          or{" "}
          <Link to="/learning/forecasts" search={{ series }}>
            forecast {series}
          </Link>
          .
        </p>
      </div>
    </Panel>
  );
}
