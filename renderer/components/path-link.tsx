import { useNavigate } from "@tanstack/react-router";

/** A link to a screen whose address comes as text, such as from the API. */
export function PathLink(props: { readonly path: string; readonly children: React.ReactNode }) {
  const { path, children } = props;
  const navigate = useNavigate();
  return (
    <a
      href={path}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        void navigate({ href: path });
      }}
    >
      {children}
    </a>
  );
}
