/** Tokens of Solidity as far as they have a colour. */
const words =
  "abstract anonymous as assembly break calldata case catch constant constructor continue contract default delete do else emit enum error event external fallback final for function global if immutable import indexed interface internal is leave let library mapping memory modifier new override payable pragma private public pure receive return returns revert storage struct switch this super throw transient true false try type unchecked unicode using view virtual while";
const types =
  "address bool string bytes byte uint int fixed ufixed var bytes([1-9]|[12]\\d|3[0-2]) u?int\\d{1,3}";
const units = "wei gwei ether seconds minutes hours days weeks";
const known = "msg block tx abi require assert keccak256 sha256 ecrecover gasleft selfdestruct now";

const alternatives = (list: string) => list.replaceAll(" ", "|");
const token = new RegExp(
  [
    // A comment or text that is not closed yet reaches to its end.
    String.raw`(?<comment>\/\/.*|\/\*[^]*?(?:\*\/|$))`,
    String.raw`(?<text>(?:\b(?:hex|unicode))?(?:"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))`,
    String.raw`(?<number>\b(?:0x[\da-fA-F_]+|\d[\d_]*(?:\.\d+)?(?:e-?\d+)?)\b)`,
    String.raw`\b(?:(?<word>${alternatives(words)})|(?<type>${alternatives(types)})|(?<unit>${alternatives(units)})|(?<known>${alternatives(known)}))\b`,
  ].join("|"),
  "g",
);

export type TokenKind = "comment" | "text" | "number" | "word" | "type" | "unit" | "known";

export interface Token {
  readonly kind: TokenKind;
  readonly from: number;
  readonly to: number;
}

const kinds: readonly TokenKind[] = ["comment", "text", "number", "word", "type", "unit", "known"];

export function* solidityTokens(text: string): Generator<Token, void, void> {
  for (const found of text.matchAll(token)) {
    const kind = kinds.find((each) => found.groups?.[each] !== undefined);
    if (kind !== undefined) yield { kind, from: found.index, to: found.index + found[0].length };
  }
}
