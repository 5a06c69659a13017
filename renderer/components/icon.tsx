/** The few icons of the house, drawn on a 16-pixel grid; always beside or under a name. */
const paths = {
  blank: "",
  check: "M3 8.5 6.5 12 13 4.5",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  pause: "M5.5 3v10M10.5 3v10",
  play: "M5 3v10l8-5Z",
  previous: "M9.5 4l-4 4 4 4",
  next: "M6.5 4l4 4-4 4",
  stepOn: "M4 3v10l6-5ZM12.5 3v10",
  stepBack: "M12 3v10l-6-5ZM3.5 3v10",
  theme: "M8 2a6 6 0 1 0 0 12ZM8 2a6 6 0 0 1 0 12",
  keyboard: "M1.5 4h13v8h-13ZM4 6.5h.5M7 6.5h.5M10 6.5h.5M12 6.5h.3M5 9.5h6",
  download: "M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10",
  copy: "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
  table: "M2 3h12v10H2ZM2 6.5h12M2 9.8h12M7 3v10",
  chart: "M2 2v12h12M4.5 10 7 7l2.5 2L13.5 4",
  image: "M2 3h12v10H2ZM2 11l3.5-3.5L8.5 10 11 8l3 2.5M10.5 5.7h.2",
  zoomIn: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14M7 5v4M5 7h4",
  zoomOut: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14M5 7h4",
  refresh: "M13 3v3.5H9.5M13 6.5A5.5 5.5 0 1 0 13.4 9.5",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
  send: "M2.5 8h10M9 4l4 4-4 4",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
