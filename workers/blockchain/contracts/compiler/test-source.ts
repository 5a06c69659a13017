/** The library behind `import "lab/Test.sol"`: assertions, actors and time for tests in Solidity. */

export const testPath = "lab/Test.sol";

/** The address that moves the laboratory's clock; its last three bytes spell "lab". */
export const clockAddress = "0x00000000000000000000000000000000006c6162";

const equalities = [
  ["uint256", "Numbers"],
  ["int256", "SignedNumbers"],
  ["address", "Addresses"],
  ["bool", "Truths"],
  ["bytes32", "Words"],
] as const;

const assertions = equalities.map(
  ([type, name]) => `  error ${name}Differ(${type} found, ${type} expected);

  function assertEq(${type} found, ${type} expected) internal pure {
    if (found != expected) revert ${name}Differ(found, expected);
  }
`,
);

export const testSource = `// SPDX-License-Identifier: MIT
pragma solidity >=0.8.20;

/// Somebody else: calls go out from its own address.
contract Actor {
  receive() external payable {}

  /// Calls with coins of its own, and fails as the call does.
  function run(address target, uint256 value, bytes memory data) public returns (bytes memory) {
    (bool ok, bytes memory result) = target.call{value: value}(data);
    if (!ok) {
      assembly ("memory-safe") {
        revert(add(result, 32), mload(result))
      }
    }
    return result;
  }

  function run(address target, bytes memory data) external returns (bytes memory) {
    return run(target, 0, data);
  }

  /// Accepts tokens of ERC-721.
  function onERC721Received(address, address, uint256, bytes calldata) external pure returns (bytes4) {
    return this.onERC721Received.selector;
  }
}

/// The base of tests. Each function whose name begins with "test" runs on a fresh state after setUp,
/// and passes when it returns. The test contract holds a million coins.
abstract contract Test {
  error TextsDiffer(string found, string expected);
  error BytesDiffer(bytes found, bytes expected);
  error AssertionFailed(string why);
  error CallSucceeded();

${assertions.join("\n")}
  function assertEq(string memory found, string memory expected) internal pure {
    if (keccak256(bytes(found)) != keccak256(bytes(expected))) revert TextsDiffer(found, expected);
  }

  function assertEq(bytes memory found, bytes memory expected) internal pure {
    if (keccak256(found) != keccak256(expected)) revert BytesDiffer(found, expected);
  }

  function assertTrue(bool ok, string memory why) internal pure {
    if (!ok) revert AssertionFailed(why);
  }

  function assertTrue(bool ok) internal pure {
    if (!ok) revert AssertionFailed("not true");
  }

  /// The call must fail with exactly this error, as abi.encodeWithSelector gives it.
  function assertFails(Actor actor, address target, bytes memory data, bytes memory expected) internal {
    assertFails(actor, target, 0, data, expected);
  }

  function assertFails(
    Actor actor,
    address target,
    uint256 value,
    bytes memory data,
    bytes memory expected
  ) internal {
    try actor.run(target, value, data) returns (bytes memory) {
      revert CallSucceeded();
    } catch (bytes memory found) {
      assertEq(found, expected);
    }
  }

  /// A new actor with so many wei.
  function newActor(uint256 wei_) internal returns (Actor actor) {
    actor = new Actor();
    (bool ok, ) = address(actor).call{value: wei_}("");
    assertTrue(ok, "an actor did not get its coins");
  }

  /// Lets time pass before the next call.
  function skip(uint256 seconds_) internal {
    (bool ok, ) = ${toChecksum()}.call(abi.encode(seconds_));
    assertTrue(ok, "time is only moved by the test runner");
  }
}
`;

/** The literal has no letters above f, and needs the mixed case of EIP-55 nonetheless. */
function toChecksum(): string {
  return `address(uint160(${BigInt(clockAddress)}))`;
}
