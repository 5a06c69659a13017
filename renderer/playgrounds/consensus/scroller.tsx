interface ScrollerProps {
  readonly label: string;
  readonly className: string | undefined;
  readonly children: React.ReactNode;
}

/** Content that scrolls by itself: it takes the focus, so that the keyboard can scroll it too. */
export function Scroller({ label, className, children }: ScrollerProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={className} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}
