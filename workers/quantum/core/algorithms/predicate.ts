/** Classical predicates as small formulas of x, such as `x % 3 == 1 && x > 4`, in OpenQASM's notation. */
import { CircuitError } from "../primitive.ts";
import { tokensOf } from "../qasm/lexer.ts";
import { parseExpression } from "../qasm/parse-expression.ts";
import { QasmError } from "../qasm/qasm-error.ts";
import type { Expression } from "../qasm/syntax.ts";
import { TokenStream } from "../qasm/token-stream.ts";

type Value = number | boolean;

/**
 * The formula as a function of a number from 0; its integers have 32 bits.
 * @throws CircuitError for what is no formula of x, with the place
 */
export function predicateOf(formula: string): (x: number) => boolean {
  try {
    const { tokens, errors } = tokensOf(formula);
    if (errors[0] !== undefined) throw errors[0];
    const stream = new TokenStream(tokens, "3.0");
    const expression = parseExpression(stream);
    if (stream.peek().kind !== "end") {
      throw new QasmError(stream.peek(), "the formula ends before this");
    }
    // Once for its mistakes, so that they do not wait for the first use.
    truth(expression, 0);
    return (x) => truth(expression, x);
  } catch (error) {
    if (!(error instanceof QasmError)) throw error;
    throw new CircuitError(error.render(formula));
  }
}

function truth(expression: Expression, x: number): boolean {
  const value = valueOf(expression, x);
  return typeof value === "boolean" ? value : value !== 0;
}

function valueOf(expression: Expression, x: number): Value {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "boolean":
      return expression.value;
    case "name":
      if (expression.name === "x") return x;
      throw new QasmError(expression.place, "a formula knows x alone", "write the state as x");
    case "unary": {
      const operand = Number(valueOf(expression.operand, x));
      if (expression.operator === "!") return operand === 0;
      return expression.operator === "~" ? ~operand : -operand;
    }
    case "logic": {
      // Both sides are read, so that no mistake hides behind the first.
      const parts = expression.operands.map((operand) => truth(operand, x));
      return expression.operator === "&&" ? parts.every(Boolean) : parts.some(Boolean);
    }
    case "binary":
      return combined(expression, Number(valueOf(expression.left, x)), x);
    default:
      throw new QasmError(
        expression.place,
        "a formula is made of x, numbers and operators",
        "for example x % 3 == 1 && (x & 4) != 0",
      );
  }
}

function combined(
  { operator, right: rightSide, place }: Extract<Expression, { kind: "binary" }>,
  left: number,
  x: number,
): Value {
  const right = Number(valueOf(rightSide, x));
  const known = operators[operator];
  if (known === undefined) {
    throw new QasmError(place, `${operator} has no meaning in a formula`);
  }
  const value = known(left, right);
  // x / 0 at some x is a mistake of the formula, not a state that is accepted.
  return typeof value === "number" && !Number.isFinite(value) ? 0 : value;
}

const operators: Readonly<Record<string, (left: number, right: number) => Value>> = {
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "&": (a, b) => a & b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<<": (a, b) => a << b,
  ">>": (a, b) => a >> b,
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => Math.trunc(a / b),
  "%": (a, b) => a % b,
  "**": (a, b) => a ** b,
};
