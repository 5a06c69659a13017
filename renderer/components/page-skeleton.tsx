import { LoadingSkeleton } from "./query-boundary.tsx";

export function PageSkeleton() {
  return <LoadingSkeleton rows={6} />;
}
