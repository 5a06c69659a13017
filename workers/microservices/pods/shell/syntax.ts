/** What a line of the shell is made of (POSIX shell command language, the part that is understood). */

export type WordPart =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: "variable";
      readonly name: string;
      /** ${name:-fallback} */
      readonly fallback: string | null;
      readonly quoted: boolean;
    }
  | { readonly kind: "substitution"; readonly source: string; readonly quoted: boolean };

export type Word = readonly WordPart[];

export interface Redirect {
  readonly from: "<" | ">" | ">>" | "2>" | "2>>" | "2>&1" | ">&2";
  readonly target: Word;
}

export type ShellNode =
  | {
      readonly kind: "command";
      readonly assignments: readonly (readonly [string, Word])[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly kind: "pipeline"; readonly parts: readonly ShellNode[]; readonly negated: boolean }
  | {
      readonly kind: "and-or";
      readonly first: ShellNode;
      readonly rest: readonly { readonly operator: "&&" | "||"; readonly node: ShellNode }[];
    }
  | { readonly kind: "list"; readonly items: readonly ShellNode[] }
  /** ( ): what it sets does not last. */
  | { readonly kind: "subshell"; readonly body: ShellNode }
  | {
      readonly kind: "if";
      readonly branches: readonly { readonly condition: ShellNode; readonly body: ShellNode }[];
      readonly otherwise: ShellNode | null;
    }
  | {
      readonly kind: "while";
      readonly until: boolean;
      readonly condition: ShellNode;
      readonly body: ShellNode;
    }
  | {
      readonly kind: "for";
      readonly name: string;
      readonly words: readonly Word[];
      readonly body: ShellNode;
    };

export class ShellSyntaxError extends Error {}
