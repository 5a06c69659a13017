/**
 * Where the local variables of a function stand on the stack. The compiler does not tell; without its
 * intermediate language it lays them out in the order of their declarations: the return address, the
 * parameters, the return values, those of each modifier, and then the variables of every block that
 * is entered. With the intermediate language, or in a constructor, nothing is promised.
 */
import type {
  FunctionNode,
  NamedFunction,
  SyntaxIndex,
  SyntaxNode,
  VariableNode,
} from "../compiler/syntax-tree.ts";
import { childrenOf, contains, placeOf, typeOfVariable, walk } from "../compiler/syntax-tree.ts";
import { slotsOfType } from "../decoding/locals.ts";
import type { CodeLocation } from "./source-map.ts";

export interface LocalPlace {
  readonly variable: VariableNode;
  readonly role: "parameter" | "return value" | "local";
  /** Stack values above the first parameter. */
  readonly offset: number;
  readonly slots: number;
}

/** @param location of the instruction that is about to run */
export function localsAt(
  { node }: NamedFunction,
  location: CodeLocation,
  syntax: SyntaxIndex,
): LocalPlace[] {
  const places: LocalPlace[] = [];
  let offset = 0;
  const add = (variable: VariableNode, role: LocalPlace["role"]): void => {
    const slots = slotsOfType(typeOfVariable(variable));
    places.push({ variable, role, offset, slots });
    offset += slots;
  };
  node.parameters.parameters.forEach((variable) => add(variable, "parameter"));
  node.returnParameters?.parameters.forEach((variable) => add(variable, "return value"));
  for (const modifier of modifiersOf(node, syntax)) {
    const isInside = contains(placeOf(modifier), location);
    modifier.parameters.parameters.forEach((variable) => add(variable, "local"));
    if (modifier.body === null) continue;
    const at = isInside ? location.start : placeholderStart(modifier.body);
    for (const variable of declaredBefore(modifier.body, at)) add(variable, "local");
    if (isInside) return places;
  }
  if (node.body !== null && contains(placeOf(node.body), location)) {
    for (const variable of declaredBefore(node.body, location.start)) add(variable, "local");
  }
  return places;
}

function modifiersOf(node: FunctionNode, syntax: SyntaxIndex): FunctionNode[] {
  const invocations = (node["modifiers"] ?? []) as readonly SyntaxNode[];
  return invocations.flatMap((invocation) => {
    const name = invocation["modifierName"] as { referencedDeclaration?: number } | undefined;
    const found = syntax.functions.get(name?.referencedDeclaration ?? -1);
    return found === undefined ? [] : [found.node];
  });
}

function placeholderStart(body: SyntaxNode): number {
  let start = Infinity;
  walk(body, (node) => {
    if (node.nodeType === "PlaceholderStatement") start = Math.min(start, placeOf(node).start);
  });
  return start;
}

const scopes = new Set(["Block", "UncheckedBlock", "ForStatement", "TryCatchClause"]);

/** Variables that are declared and still in scope at a byte of the source, in order. */
function declaredBefore(body: SyntaxNode, at: number): VariableNode[] {
  const found: VariableNode[] = [];
  const visit = (node: SyntaxNode): void => {
    const { start, length } = placeOf(node);
    const isAround = start <= at && at < start + length;
    if (scopes.has(node.nodeType) && !isAround) return;
    if (node.nodeType === "VariableDeclarationStatement") {
      if (start + length > at) return;
      const declarations = node["declarations"] as readonly (VariableNode | null)[];
      // The compiler keeps a value for each name; places left empty in a tuple get none.
      for (const variable of declarations) if (variable !== null) found.push(variable);
      return;
    }
    if (node.nodeType === "TryCatchClause") {
      const parameters = node["parameters"] as { parameters: readonly VariableNode[] } | null;
      if (parameters !== null && parameters !== undefined) found.push(...parameters.parameters);
    }
    childrenOf(node)
      .toSorted((one, other) => placeOf(one).start - placeOf(other).start)
      .forEach(visit);
  };
  visit(body);
  return found;
}
