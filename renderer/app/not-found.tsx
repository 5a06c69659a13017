import { Link } from "@tanstack/react-router";
import { PageFrame } from "../components/page-frame.tsx";
import { pages } from "./pages.ts";

export function NotFoundPage() {
  return (
    <PageFrame title="Page not found" verdict="No page has this address.">
      <p>These pages exist:</p>
      <ul>
        {pages.map(({ path, title, summary }) => (
          <li key={path}>
            <Link to={path}>{title}</Link> <span className="soft">{summary}</span>
          </li>
        ))}
      </ul>
    </PageFrame>
  );
}
