/** The compiler's syntax tree, read only as far as names, types and places of things go. */

export interface SyntaxNode {
  readonly id: number;
  readonly nodeType: string;
  /** start:length:file, in bytes. */
  readonly src: string;
  readonly [key: string]: unknown;
}

export interface SourceUnitNode extends SyntaxNode {
  readonly nodeType: "SourceUnit";
  readonly nodes: readonly SyntaxNode[];
}

export interface VariableNode extends SyntaxNode {
  readonly nodeType: "VariableDeclaration";
  readonly name: string;
  readonly stateVariable: boolean;
  readonly storageLocation: "default" | "storage" | "memory" | "calldata";
  readonly typeDescriptions: { readonly typeString: string; readonly typeIdentifier: string };
}

/** Its type with the place of its data: string calldata. */
export function typeOfVariable({ typeDescriptions, storageLocation }: VariableNode): string {
  const type = typeDescriptions.typeString;
  if (storageLocation === "default" || type.endsWith(` ${storageLocation}`)) return type;
  return `${type} ${storageLocation}`;
}

export interface FunctionNode extends SyntaxNode {
  readonly nodeType: "FunctionDefinition" | "ModifierDefinition";
  readonly name: string;
  readonly kind?: "function" | "constructor" | "fallback" | "receive" | "freeFunction";
  readonly parameters: { readonly parameters: readonly VariableNode[] };
  readonly returnParameters?: { readonly parameters: readonly VariableNode[] };
  readonly body: SyntaxNode | null;
}

export interface Place {
  readonly start: number;
  readonly length: number;
  readonly file: number;
}

export function placeOf({ src }: SyntaxNode): Place {
  const [start = 0, length = 0, file = -1] = src.split(":").map(Number);
  return { start, length, file };
}

export function contains(outer: Place, inner: Place): boolean {
  return (
    outer.file === inner.file &&
    outer.start <= inner.start &&
    outer.start + outer.length >= inner.start + inner.length
  );
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "nodeType" in value && "src" in value;
}

/** Its child nodes, in the order in which the compiler tells them. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  const gather = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(gather);
    else if (isNode(value)) children.push(value);
    else if (typeof value === "object" && value !== null && "parameters" in value) {
      gather(value.parameters);
    }
  };
  for (const value of Object.values(node)) gather(value);
  return children;
}

export function walk(node: SyntaxNode, visit: (node: SyntaxNode, parents: SyntaxNode[]) => void) {
  const parents: SyntaxNode[] = [];
  const go = (current: SyntaxNode): void => {
    visit(current, parents);
    parents.push(current);
    childrenOf(current).forEach(go);
    parents.pop();
  };
  go(node);
}

export interface NamedFunction {
  readonly node: FunctionNode;
  /** The contract or library around it; null for a free function. */
  readonly contract: string | null;
  /** Contract.function, as stack traces say it. */
  readonly title: string;
  readonly place: Place;
}

/** Functions and state variables of a compilation, by the ids of their nodes. */
export class SyntaxIndex {
  readonly functions = new Map<number, NamedFunction>();
  readonly contracts = new Map<number, { readonly name: string; readonly place: Place }>();
  readonly variables = new Map<number, VariableNode & { readonly contract: string | null }>();
  readonly #functionsByPlace = new Map<string, NamedFunction>();
  readonly #definitions = new Set<string>();

  constructor(units: Iterable<SourceUnitNode>) {
    for (const unit of units) {
      for (const node of unit.nodes) {
        if (node.nodeType === "ContractDefinition") this.#addContract(node);
        else if (node.nodeType === "FunctionDefinition")
          this.#addFunction(node as FunctionNode, null);
      }
    }
  }

  #addContract(contract: SyntaxNode): void {
    const name = contract["name"] as string;
    this.#definitions.add(contract.src);
    this.contracts.set(contract.id, { name, place: placeOf(contract) });
    for (const node of contract["nodes"] as readonly SyntaxNode[]) {
      if (node.nodeType === "FunctionDefinition" || node.nodeType === "ModifierDefinition") {
        this.#addFunction(node as FunctionNode, name);
      } else if (node.nodeType === "VariableDeclaration") {
        this.variables.set(node.id, { ...(node as VariableNode), contract: name });
      }
    }
  }

  #addFunction(node: FunctionNode, contract: string | null): void {
    const name = node.name === "" ? (node.kind ?? "function") : node.name;
    const title = contract === null ? name : `${contract}.${name}`;
    const found = { node, contract, title, place: placeOf(node) };
    this.#definitions.add(node.src);
    const { parameters, returnParameters } = node;
    for (const variable of [...parameters.parameters, ...(returnParameters?.parameters ?? [])]) {
      this.#definitions.add(variable.src);
    }
    this.functions.set(node.id, found);
    this.#functionsByPlace.set(node.src, found);
  }

  /** The function whose definition is exactly this stretch. */
  functionAt({ start, length, file }: Place): NamedFunction | undefined {
    return this.#functionsByPlace.get(`${start}:${length}:${file}`);
  }

  /** Whether a stretch is all of a contract, function, modifier or parameter. */
  isDefinition({ start, length, file }: Place): boolean {
    return this.#definitions.has(`${start}:${length}:${file}`);
  }
}
