import { Button } from "@mantine/core";
import { useState, memo } from "react";
import type { FactoringView, LessonStep } from "./kernel.worker.ts";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["lesson", "catalogue", "reached"] as const;

/** The open step of a lesson: what it says, what it asks for, and whether that is done. */
export const LessonPanel = memo(function LessonPanel(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { lesson: place, catalogue, reached } = useSlice(playground, fields);
  const lesson = catalogue?.lessons.find(({ id }) => id === place?.lesson);
  const [isFactored, setFactored] = useState(false);
  if (place === null || lesson === undefined) return null;
  const step = lesson.steps[place.step]!;
  const go = (to: number) => {
    setFactored(false);
    void playground.lesson({ lesson: lesson.id, step: to });
  };
  const isDone = step.factoring === undefined ? reached : isFactored;
  const isLast = place.step + 1 === lesson.steps.length;
  const hasGoal = step.goal !== undefined || step.factoring !== undefined;
  return (
    <section className={classes.lesson} aria-label={`Lesson: ${lesson.title}`}>
      <h2>
        {lesson.title}, step {place.step + 1} of {lesson.steps.length}: {step.title}
      </h2>
      {step.text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      {step.task !== undefined && <p className={classes.task}>{step.task}</p>}
      {step.factoring !== undefined && (
        <Factoring
          playground={playground}
          factoring={step.factoring}
          onFactored={() => setFactored(true)}
        />
      )}
      <div role="status">
        {hasGoal && isDone && step.done !== undefined && (
          <p className={classes.done}>Done. {step.done}</p>
        )}
      </div>
      <div className={classes.row}>
        <Button variant="default" disabled={place.step === 0} onClick={() => go(place.step - 1)}>
          Back
        </Button>
        {!isLast && (
          <Button
            variant={!hasGoal || isDone ? "filled" : "default"}
            onClick={() => go(place.step + 1)}
          >
            {hasGoal && !isDone ? "Skip this step" : "Next step"}
          </Button>
        )}
        <Button variant="default" onClick={() => void playground.lesson(null)}>
          {isLast ? "Finish" : "Leave the lesson"}
        </Button>
      </div>
    </section>
  );
});

function Factoring(props: {
  readonly playground: Playground;
  readonly factoring: NonNullable<LessonStep["factoring"]>;
  readonly onFactored: () => void;
}) {
  const { playground, factoring, onFactored } = props;
  const [seed, setSeed] = useState(1);
  const [found, setFound] = useState<FactoringView | null>(null);
  const measure = async () => {
    try {
      const view = await playground.factor(factoring.modulus, factoring.base, seed);
      setSeed(seed + 1);
      setFound(view);
      if (view.factors !== null) onFactored();
    } catch (error) {
      playground.refuse(error);
    }
  };
  return (
    <div>
      <Button onClick={() => void measure()}>Measure</Button>
      {found !== null && <Reading found={found} />}
    </div>
  );
}

/** The classical half of the algorithm, line by line. */
function Reading({ found }: { readonly found: FactoringView }) {
  const { modulus, base, counting, measured, convergents, order, root, divisors, factors } = found;
  return (
    <div aria-label="Reading of the measurement" role="group">
      <p>
        Measured y = <strong>{measured}</strong> of {2 ** counting}. Continued fraction of{" "}
        {measured}/{2 ** counting}:
      </p>
      <table className={classes.table} aria-label="Convergents">
        <thead>
          <tr>
            <th scope="col">Whole part</th>
            <th scope="col">Convergent l/r</th>
            <th scope="col">
              {base}ʳ mod {modulus}
            </th>
          </tr>
        </thead>
        <tbody>
          {convergents.map(({ whole, numerator, denominator, power }) => (
            <tr key={`${numerator}/${denominator}`}>
              <td>{whole}</td>
              <td>
                {numerator}/{denominator}
              </td>
              <td>
                {power}
                {power === 1 ? ", r is found" : ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {order === null ? (
        <p>This measurement tells no order. That happens: measure again.</p>
      ) : (
        <p>
          {convergents.some(({ power }) => power === 1)
            ? "A denominator is the order: "
            : "No denominator is the order itself, but a multiple of one is: "}
          r = <strong>{order}</strong>.
          {root !== null &&
            ` ${base}^${order / 2} mod ${modulus} = ${root}; gcd(${root} − 1, ${modulus}) = ${divisors?.[0]} and gcd(${root} + 1, ${modulus}) = ${divisors?.[1]}.`}
        </p>
      )}
      {factors === null ? (
        <p>It gives no factor: measure again.</p>
      ) : (
        <p className={classes.done} role="status">
          {modulus} = {factors[0]} × {factors[1]}
        </p>
      )}
    </div>
  );
}
