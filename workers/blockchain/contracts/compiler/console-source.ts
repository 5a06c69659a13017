/**
 * The library behind `import "hardhat/console.sol"`. It speaks the protocol of Hardhat's console: a
 * static call to an address without code, whose data are the arguments of `log` in ABI encoding.
 */
import { bareTypes, consoleTypes } from "../decoding/console-types.ts";

/** The paths under which it can be imported. */
export const consolePaths = ["hardhat/console.sol", "console.sol"] as const;

const isReference = (type: string) => type === "string" || type === "bytes";

function overload(name: string, signature: string, types: readonly string[]): string {
  const parameters = types.map(
    (type, place) => `${type}${isReference(type) ? " memory" : ""} p${place}`,
  );
  const values = types.map((_type, place) => `, p${place}`).join("");
  return `  function ${name}(${parameters.join(", ")}) internal pure {
    _send(abi.encodeWithSignature("${signature}"${values}));
  }`;
}

export function consoleSource(): string {
  const logs = consoleTypes().map((types) => overload("log", `log(${types.join(",")})`, types));
  const bare = bareTypes.map((type) => {
    const name = `log${type[0]?.toUpperCase()}${type.slice(1)}`.replace(/256$/, "");
    return overload(name, `log(${type})`, [type]);
  });
  return `// SPDX-License-Identifier: MIT
pragma solidity >=0.8.0;

/// Prints into the debugger, the stack trace and the test report; it costs gas and changes nothing.
library console {
  address constant CONSOLE = 0x000000000000000000636F6e736F6c652e6c6f67;

  function _sendView(bytes memory payload) private view {
    address target = CONSOLE;
    assembly ("memory-safe") {
      pop(staticcall(gas(), target, add(payload, 32), mload(payload), 0, 0))
    }
  }

  /// Logging is allowed in pure functions, too, which a static call is not.
  function _asPure(
    function(bytes memory) internal view send
  ) private pure returns (function(bytes memory) internal pure sendPure) {
    assembly ("memory-safe") {
      sendPure := send
    }
  }

  function _send(bytes memory payload) private pure {
    _asPure(_sendView)(payload);
  }

${[...logs, ...bare].join("\n\n")}
}
`;
}
