/** Names of types that only the syntax tree knows: members of enums, and what named values stand on. */
import type { SourceUnitNode, SyntaxNode } from "../compiler/syntax-tree.ts";

interface EnumNode extends SyntaxNode {
  readonly canonicalName?: string;
  readonly name: string;
  readonly members: readonly { readonly name: string }[];
}

interface ValueTypeNode extends SyntaxNode {
  readonly canonicalName?: string;
  readonly name: string;
  readonly underlyingType: { readonly typeDescriptions: { readonly typeString: string } };
}

interface StructNode extends SyntaxNode {
  readonly canonicalName?: string;
  readonly name: string;
  readonly members: readonly {
    readonly name: string;
    readonly typeDescriptions: { readonly typeString: string };
  }[];
}

export interface StructMember {
  readonly name: string;
  readonly type: string;
}

export class TypeNames {
  /** Members by name such as Token.State. */
  readonly enums = new Map<string, readonly string[]>();
  /** Underlying type by name. */
  readonly valueTypes = new Map<string, string>();
  readonly structs = new Map<string, readonly StructMember[]>();

  constructor(units: Iterable<SourceUnitNode>) {
    for (const unit of units) for (const node of unit.nodes) this.#add(node);
  }

  #add(node: SyntaxNode): void {
    if (node.nodeType === "ContractDefinition") {
      for (const inner of node["nodes"] as readonly SyntaxNode[]) this.#add(inner);
    } else if (node.nodeType === "EnumDefinition") {
      const { canonicalName, name, members } = node as EnumNode;
      this.enums.set(
        canonicalName ?? name,
        members.map((member) => member.name),
      );
    } else if (node.nodeType === "UserDefinedValueTypeDefinition") {
      const { canonicalName, name, underlyingType } = node as ValueTypeNode;
      this.valueTypes.set(canonicalName ?? name, underlyingType.typeDescriptions.typeString);
    } else if (node.nodeType === "StructDefinition") {
      const { canonicalName, name, members } = node as StructNode;
      this.structs.set(
        canonicalName ?? name,
        members.map((member) => ({ name: member.name, type: member.typeDescriptions.typeString })),
      );
    }
  }
}
