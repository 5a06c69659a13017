/** What every page stands in. */
import { createRootRoute } from "@tanstack/react-router";
import { NotFoundPage } from "./not-found.tsx";
import { anySearch } from "./search-params.ts";
import { Shell } from "./shell.tsx";

export const root = createRootRoute({
  validateSearch: anySearch,
  component: Shell,
  notFoundComponent: NotFoundPage,
});
