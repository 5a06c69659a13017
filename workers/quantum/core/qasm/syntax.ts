/** The syntax tree of OpenQASM 2 and 3: what was written, with where, before names mean anything. */
import type { Place } from "./qasm-error.ts";

export type Version = "2.0" | "3.0" | "3.1";

export type Expression = { readonly place: Place } & (
  | { readonly kind: "number"; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: "boolean"; readonly value: boolean }
  /** "0110", the highest bit first. */
  | { readonly kind: "bit-string"; readonly text: string }
  | { readonly kind: "duration" }
  | { readonly kind: "name"; readonly name: string }
  /** $0 */
  | { readonly kind: "physical"; readonly qubit: number }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** A chain of one operator; brackets nest. */
  | {
      readonly kind: "logic";
      readonly operator: "&&" | "||";
      readonly operands: readonly Expression[];
    }
  | { readonly kind: "call"; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: "index"; readonly base: Expression; readonly selectors: readonly Selector[] }
  | { readonly kind: "cast"; readonly type: Type; readonly operand: Expression }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "measure"; readonly operand: Expression }
);

export type Selector =
  | { readonly kind: "one"; readonly value: Expression }
  | ({ readonly kind: "range" } & Range)
  | { readonly kind: "set"; readonly values: readonly Expression[] };

/** from : step : to, both ends included. */
export interface Range {
  readonly place: Place;
  readonly from?: Expression | undefined;
  readonly step?: Expression | undefined;
  readonly to?: Expression | undefined;
}

export interface Type {
  readonly place: Place;
  readonly name: "bit" | "bool" | "int" | "uint" | "float" | "angle" | "duration" | "qubit";
  readonly size?: Expression | undefined;
  /** Of an array, its dimensions. */
  readonly dimensions?: readonly Expression[];
}

export interface Name {
  readonly name: string;
  readonly place: Place;
}

export interface Modifier {
  readonly kind: "ctrl" | "negctrl" | "inv" | "pow";
  readonly argument?: Expression | undefined;
  readonly place: Place;
}

export interface GateCall {
  readonly kind: "call";
  readonly modifiers: readonly Modifier[];
  readonly name: string;
  readonly namePlace: Place;
  readonly parameters: readonly Expression[];
  readonly operands: readonly Expression[];
}

export interface GateStatement {
  readonly kind: "gate";
  readonly name: Name;
  readonly parameters: readonly Name[];
  readonly qubits: readonly Name[];
  readonly body: readonly Statement[];
  /** What was written, blanks aside: how a repeated definition is told from a new one. */
  readonly text: string;
}

export interface FunctionStatement {
  readonly kind: "def";
  readonly name: Name;
  readonly parameters: readonly { readonly type: Type; readonly name: Name }[];
  readonly body: readonly Statement[];
}

export interface ForStatement {
  readonly kind: "for";
  readonly type: Type;
  readonly variable: Name;
  readonly over: Selector;
  readonly body: readonly Statement[];
  /** The body does not name the variable, so that all its rounds may be the same. */
  readonly isRepetition: boolean;
}

export type Statement = { readonly place: Place } & (
  | { readonly kind: "include"; readonly file: string }
  | {
      readonly kind: "register";
      readonly of: "qubit" | "bit";
      readonly name: Name;
      readonly size?: Expression | undefined;
      readonly initial?: Expression | undefined;
    }
  | {
      readonly kind: "declare";
      readonly role: "const" | "variable" | "input";
      readonly type: Type;
      readonly name: Name;
      readonly initial?: Expression | undefined;
    }
  | { readonly kind: "alias"; readonly name: Name; readonly value: Expression }
  | { readonly kind: "opaque"; readonly name: Name }
  | GateStatement
  | FunctionStatement
  | GateCall
  | {
      readonly kind: "measure";
      readonly qubits: Expression;
      readonly into?: Expression | undefined;
    }
  | { readonly kind: "reset"; readonly qubits: Expression }
  | { readonly kind: "barrier"; readonly operands: readonly Expression[] }
  | { readonly kind: "delay"; readonly operands: readonly Expression[] }
  | { readonly kind: "box"; readonly body: readonly Statement[] }
  | {
      readonly kind: "assign";
      readonly target: Expression;
      /** "=", or the operator before it. */
      readonly operator: string;
      readonly value: Expression;
    }
  | { readonly kind: "expression"; readonly value: Expression }
  | {
      readonly kind: "if";
      readonly condition: Expression;
      readonly whenTrue: readonly Statement[];
      readonly whenFalse: readonly Statement[];
    }
  | ForStatement
  | { readonly kind: "while"; readonly condition: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: "switch";
      readonly subject: Expression;
      readonly cases: readonly {
        readonly values: readonly Expression[];
        readonly body: readonly Statement[];
      }[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "return"; readonly value?: Expression | undefined }
  | { readonly kind: "break" | "continue" | "end" }
  | { readonly kind: "pragma" | "annotation"; readonly text: string }
);

export interface Program {
  readonly version: Version;
  readonly hasHeader: boolean;
  /** One more than the largest number behind a $. */
  readonly physicalQubits: number;
  readonly statements: readonly Statement[];
}
