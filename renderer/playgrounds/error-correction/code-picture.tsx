import { useRef } from "react";
import classes from "./error-correction.module.css";
import type { PlacedError } from "./errors-text.ts";
import { boundaryEnd, type Picture } from "./picture.ts";

export interface Decoding {
  readonly fired: readonly number[];
  readonly pairs: readonly (readonly [number, number | null])[];
  readonly correction: readonly PlacedError[];
}

interface CodePictureProps {
  readonly picture: Picture;
  readonly label: string;
  readonly errors: readonly PlacedError[];
  readonly decoding: Decoding | null;
  readonly onClick: (qubit: number) => void;
}

/** Small codes do not fill a wide window. */
const enlargedMax = 1.6;

/** Qubits are buttons: arrows move among them, Enter and space put an error there. */
export function CodePicture({ picture, label, errors, decoding, onClick }: CodePictureProps) {
  const root = useRef<SVGSVGElement>(null);
  const fired = new Set(decoding?.fired);
  const correctedPlaces = (decoding?.correction ?? []).map(({ qubit }) => picture.qubits[qubit]!);
  const basisOf = (list: readonly PlacedError[], qubit: number) =>
    list.find((error) => error.qubit === qubit)?.basis;
  const focus = (qubit: number, key: string) => {
    const to = neighbour(picture, qubit, key);
    if (to === null) return false;
    root.current?.querySelector<SVGGElement>(`[data-qubit="${to}"]`)?.focus();
    return true;
  };
  return (
    <svg
      ref={root}
      className={classes.picture}
      style={{ maxWidth: picture.width * enlargedMax }}
      viewBox={`0 0 ${picture.width} ${picture.height}`}
      role="group"
      aria-label={label}
    >
      {picture.checks.map(({ basis, corners, place, spokes }, at) => (
        <g key={keyOf(place)} data-basis={basis} data-fired={fired.has(at) || undefined}>
          {spokes.map(({ to: [x, y], basis: own }) => (
            <line
              key={`${x} ${y}`}
              className={classes.spoke}
              data-basis={own}
              x1={place[0]}
              y1={place[1]}
              x2={x}
              y2={y}
            />
          ))}
          {spokes.length > 0 ? (
            <rect
              className={classes.check}
              x={place[0] - 12}
              y={place[1] - 12}
              width={24}
              height={24}
            />
          ) : (
            <path className={classes.check} d={outline(corners, place)} />
          )}
        </g>
      ))}
      {decoding?.pairs.map(([from, to]) => (
        <line
          key={`${from}-${to ?? "edge"}`}
          className={classes.pair}
          {...ends(
            picture.checks[from]!.place,
            to === null
              ? boundaryEnd(picture.checks[from]!, correctedPlaces, picture)
              : picture.checks[to]!.place,
          )}
        />
      ))}
      {picture.checks.map(({ place: [x, y] }, at) =>
        fired.has(at) ? (
          <g key={keyOf([x, y])} className={classes.alarm} aria-hidden="true">
            <path d={`M${x} ${y - 10}l10 10l-10 10l-10-10z`} />
            <text x={x} y={y}>
              !
            </text>
          </g>
        ) : null,
      )}
      {picture.qubits.map(([x, y], qubit) => {
        const error = basisOf(errors, qubit);
        const fix = decoding === null ? undefined : basisOf(decoding.correction, qubit);
        return (
          <g
            key={keyOf([x, y])}
            className={classes.qubit}
            role="button"
            tabIndex={qubit === 0 ? 0 : -1}
            data-qubit={qubit}
            data-error={error !== undefined || undefined}
            aria-label={`Qubit ${qubit}: ${error === undefined ? "no error" : `error ${error}`}${fix === undefined ? "" : `, corrected by ${fix}`}`}
            onClick={() => onClick(qubit)}
            onKeyDown={(event) => {
              if (event.key === "Enter" || event.key === " ") onClick(qubit);
              else if (!focus(qubit, event.key)) return;
              event.preventDefault();
            }}
          >
            {fix !== undefined && (
              <circle className={classes.fix} cx={x} cy={y} r={picture.radius + 5} />
            )}
            <circle className={classes.dot} cx={x} cy={y} r={picture.radius} />
            <text x={x} y={y} aria-hidden="true">
              {error ?? qubit}
            </text>
          </g>
        );
      })}
      {decoding?.correction.map(({ qubit, basis }) => {
        const [x, y] = picture.qubits[qubit]!;
        const apart = picture.radius + 3;
        return (
          <text
            key={qubit}
            className={classes.fixName}
            x={x + apart}
            y={y - apart}
            aria-hidden="true"
          >
            {basis}
          </text>
        );
      })}
    </svg>
  );
}

function keyOf(place: readonly [number, number]): string {
  return place.join(" ");
}

/** A check on two qubits is half a disc over them, as the field draws it; a lone one a short line. */
function outline(
  corners: readonly (readonly [number, number])[],
  place: readonly [number, number],
) {
  const [first, second] = corners;
  if (corners.length > 2) return `M${corners.map(([x, y]) => `${x} ${y}`).join("L")}Z`;
  if (first === undefined) return "";
  if (second === undefined) return `M${first.join(" ")}L${place.join(" ")}`;
  return `M${first.join(" ")}Q${mirrored(first, second, place)} ${second.join(" ")}Z`;
}

function mirrored(
  first: readonly [number, number],
  second: readonly [number, number],
  place: readonly [number, number],
): string {
  return [0, 1]
    .map((axis) => {
      const middle = (first[axis]! + second[axis]!) / 2;
      return middle + 2 * (place[axis]! - middle);
    })
    .join(" ");
}

function ends([x1, y1]: readonly [number, number], [x2, y2]: readonly [number, number]) {
  return { x1, y1, x2, y2 };
}

/** The nearest qubit in the direction of an arrow key. */
function neighbour(picture: Picture, qubit: number, key: string): number | null {
  const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
    key
  ];
  if (direction === undefined) return null;
  const [x, y] = picture.qubits[qubit]!;
  let best: { readonly at: number; readonly cost: number } | null = null;
  for (const [at, [otherX, otherY]] of picture.qubits.entries()) {
    const along = (otherX - x) * direction[0]! + (otherY - y) * direction[1]!;
    if (along < 1) continue;
    const across = Math.abs((otherX - x) * direction[1]!) + Math.abs((otherY - y) * direction[0]!);
    const cost = along + 2 * across;
    if (best === null || cost < best.cost) best = { at, cost };
  }
  return best?.at ?? qubit;
}
