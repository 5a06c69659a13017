import type { ValidatorsStatus, ValidatorView } from "../../../workers/blockchain/contract.ts";
import { headLetters, linksOf } from "./heads.ts";
import classes from "./validators.module.css";

const width = 640;
const height = 300;
const radius = 44;

/** The validators in a ring: who reaches whom, who leads, and whose chain is the same. */
export function ValidatorGraph({ status }: { readonly status: ValidatorsStatus }) {
  const { validators, leader } = status;
  const letters = headLetters(status);
  const at = (id: number) => place(id, validators.length);
  return (
    <figure
      className={classes.graph}
      aria-label="Graph of the validators; the table below has the same in words"
    >
      <svg viewBox={`0 0 ${width} ${height}`} role="presentation">
        {linksOf(status).map(({ one, other, whole }) => {
          const [from, to] = [at(one.id), at(other.id)];
          const leads = leader === one.id || leader === other.id;
          return (
            <line
              key={`${one.id}-${other.id}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              data-cut={!whole || undefined}
              data-leads={(whole && leads) || undefined}
              className={classes.link}
            />
          );
        })}
        {validators.map((validator) => (
          <g
            key={validator.id}
            transform={`translate(${at(validator.id).x} ${at(validator.id).y})`}
          >
            <circle
              r={radius}
              className={classes.node}
              data-leader={validator.id === leader || undefined}
              data-down={validator.state === "crashed" || undefined}
            />
            <text className={classes.nodeName} y={-6}>
              Validator {validator.id}
            </text>
            <text className={classes.nodeRole} y={10}>
              {roleOf(validator)}
            </text>
            <text className={classes.nodeFacts} y={at(validator.id).factsY}>
              {factsOf(validator, letters)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

export function roleOf({ role, state }: ValidatorView): string {
  return role ?? state;
}

function factsOf(
  { height: own, headHash, lag }: ValidatorView,
  letters: ReadonlyMap<string, string>,
): string {
  if (own === null || headHash === null) return "ledger not open";
  const behind = lag === 0 ? "" : `, ${lag} behind`;
  return `height ${own.toLocaleString("en-US")}, head ${letters.get(headHash) ?? "?"}${behind}`;
}

/** Facts stand outside of the ring, where no link crosses them. */
function place(id: number, count: number): { x: number; y: number; factsY: number } {
  const angle = ((id - 1) / count) * 2 * Math.PI - Math.PI / 2;
  return {
    x: Math.round(width / 2 + 220 * Math.cos(angle)),
    y: Math.round(height / 2 + (count === 3 ? 20 : 0) + 84 * Math.sin(angle)),
    factsY: Math.sin(angle) < 0 ? -radius - 8 : radius + 16,
  };
}
