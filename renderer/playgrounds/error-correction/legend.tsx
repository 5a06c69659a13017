import classes from "./error-correction.module.css";

/** @param isMixed whether a check may be of X and Z at once */
export function Legend({ isMixed }: { readonly isMixed: boolean }) {
  return (
    <ul className={classes.legend}>
      {isMixed ? (
        <>
          <li>
            <Spoke basis="X" /> X of a check
          </li>
          <li>
            <Spoke basis="Z" /> Z of a check
          </li>
        </>
      ) : (
        <>
          <li>
            <Swatch basis="X" /> check of X
          </li>
          <li>
            <Swatch basis="Z" /> check of Z
          </li>
        </>
      )}
      <li>
        <svg
          width="16"
          height="16"
          viewBox="0 0 20 20"
          className={classes.alarm}
          aria-hidden="true"
        >
          <path d="M10 0l10 10l-10 10l-10-10z" />
        </svg>{" "}
        check that fires
      </li>
      <li>
        <svg width="24" height="8" aria-hidden="true">
          <line className={classes.pair} x1="0" y1="4" x2="24" y2="4" />
        </svg>{" "}
        matched by the decoder
      </li>
      <li>
        <svg width="16" height="16" aria-hidden="true">
          <circle className={classes.fix} cx="8" cy="8" r="6" />
        </svg>{" "}
        correction
      </li>
      <li>Click: X, Z, Y, none. Arrows and Enter do the same.</li>
    </ul>
  );
}

function Swatch({ basis }: { readonly basis: "X" | "Z" }) {
  return (
    <svg width="12" height="12" data-basis={basis} aria-hidden="true">
      <path className={classes.check} d="M0.5 0.5H11.5V11.5H0.5Z" />
    </svg>
  );
}

function Spoke({ basis }: { readonly basis: "X" | "Z" }) {
  return (
    <svg width="24" height="8" aria-hidden="true">
      <line className={classes.spoke} data-basis={basis} x1="0" y1="4" x2="24" y2="4" />
    </svg>
  );
}
