/** Backends beside each other for one operation. */
import {
  Bar,
  BarChart,
  CartesianGrid,
  LabelList,
  ResponsiveContainer,
  XAxis,
  YAxis,
} from "recharts";
import { axisLook, gridLook } from "../../components/chart-look.ts";

export interface BackendBar {
  readonly backend: string;
  readonly gigaflops: number;
  readonly label: string;
}

export default function BackendChart({ bars }: { readonly bars: readonly BackendBar[] }) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...bars]}
        layout="vertical"
        margin={{ top: 4, right: 72, bottom: 16, left: 0 }}
        accessibilityLayer={false}
      >
        <CartesianGrid {...gridLook} horizontal={false} vertical />
        <XAxis
          type="number"
          label={{ value: "GFLOP/s", position: "insideBottom", offset: -8, fontSize: 11 }}
          {...axisLook}
        />
        <YAxis type="category" dataKey="backend" width={112} {...axisLook} />
        <Bar dataKey="gigaflops" fill="var(--series-1)" maxBarSize={24} isAnimationActive={false}>
          <LabelList dataKey="label" position="right" fill="var(--ink)" fontSize={11} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}
