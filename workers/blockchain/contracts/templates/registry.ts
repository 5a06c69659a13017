import { solidity, type Template } from "./template.ts";

const source = solidity(`
/// Names that somebody holds for a year at a time, each with an address and a text.
contract NameRegistry {
  error NameInvalid(string name);
  error NameTaken(string name, address owner, uint256 until);
  error NotTheOwner(string name, address who);
  error FeeTooSmall(uint256 sent, uint256 fee);
  error NotTheOperator(address who);
  error PaymentFailed();

  event Registered(string indexed hashedName, string name, address indexed owner, uint256 until);
  event Changed(string indexed hashedName, string name, address target, string text);
  event Transferred(string indexed hashedName, string name, address indexed from, address indexed to);

  struct Record {
    address owner;
    /// Seconds since the Unix epoch.
    uint64 until;
    address target;
    string text;
  }

  uint256 public constant TERM = 365 days;
  /// After its end the owner alone may still renew it.
  uint256 public constant GRACE = 30 days;
  uint256 public immutable fee;
  address public immutable operator;
  mapping(bytes32 nameHash => Record) private _records;

  modifier onlyOwner(string calldata name) {
    if (ownerOf(name) != msg.sender) revert NotTheOwner(name, msg.sender);
    _;
  }

  /// @param fee_ wei for a year
  constructor(uint256 fee_) {
    fee = fee_;
    operator = msg.sender;
  }

  /// Names have 3 to 32 characters: small letters, digits and hyphens.
  function register(string calldata name) external payable {
    if (!isValid(name)) revert NameInvalid(name);
    _requireFee();
    Record storage record = _records[keccak256(bytes(name))];
    if (record.owner != address(0) && block.timestamp < record.until + GRACE) {
      revert NameTaken(name, record.owner, record.until);
    }
    record.owner = msg.sender;
    record.until = uint64(block.timestamp + TERM);
    record.target = msg.sender;
    record.text = "";
    emit Registered(name, name, msg.sender, record.until);
  }

  /// Adds a year to the term.
  function renew(string calldata name) external payable {
    Record storage record = _records[keccak256(bytes(name))];
    bool isLost = block.timestamp >= record.until + GRACE;
    if (record.owner != msg.sender || isLost) revert NotTheOwner(name, msg.sender);
    _requireFee();
    record.until += uint64(TERM);
    emit Registered(name, name, msg.sender, record.until);
  }

  function set(string calldata name, address target, string calldata text) external onlyOwner(name) {
    Record storage record = _records[keccak256(bytes(name))];
    record.target = target;
    record.text = text;
    emit Changed(name, name, target, text);
  }

  function transfer(string calldata name, address to) external onlyOwner(name) {
    _records[keccak256(bytes(name))].owner = to;
    emit Transferred(name, name, msg.sender, to);
  }

  /// Nobody after the end of the term.
  function ownerOf(string calldata name) public view returns (address) {
    Record storage record = _records[keccak256(bytes(name))];
    return block.timestamp < record.until ? record.owner : address(0);
  }

  function resolve(string calldata name) external view returns (address target, string memory text) {
    if (ownerOf(name) == address(0)) return (address(0), "");
    Record storage record = _records[keccak256(bytes(name))];
    return (record.target, record.text);
  }

  function isValid(string calldata name) public pure returns (bool) {
    bytes calldata letters = bytes(name);
    if (letters.length < 3 || letters.length > 32) return false;
    for (uint256 i = 0; i < letters.length; i++) {
      bytes1 letter = letters[i];
      bool isPlain = (letter >= "a" && letter <= "z") || (letter >= "0" && letter <= "9");
      if (!isPlain && letter != "-") return false;
    }
    return true;
  }

  function withdraw() external {
    if (msg.sender != operator) revert NotTheOperator(msg.sender);
    (bool ok, ) = operator.call{value: address(this).balance}("");
    if (!ok) revert PaymentFailed();
  }

  function _requireFee() private view {
    if (msg.value < fee) revert FeeTooSmall(msg.value, fee);
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {NameRegistry} from "./NameRegistry.sol";

contract NameRegistryTest is Test {
  NameRegistry registry;
  Actor alice;
  Actor bob;

  receive() external payable {}

  function setUp() public {
    registry = new NameRegistry(1 ether);
    alice = newActor(10 ether);
    bob = newActor(10 ether);
    register(alice, "alice");
  }

  function register(Actor who, string memory name) internal {
    who.run(address(registry), 1 ether, abi.encodeCall(registry.register, (name)));
  }

  function testARegisteredNameResolves() public {
    alice.run(
      address(registry),
      abi.encodeCall(registry.set, ("alice", address(0xa11ce), "hello"))
    );
    (address target, string memory text) = registry.resolve("alice");
    assertEq(target, address(0xa11ce));
    assertEq(text, "hello");
    assertEq(registry.ownerOf("alice"), address(alice));
  }

  function testATakenNameIsNotGivenAgain() public {
    assertFails(
      bob,
      address(registry),
      1 ether,
      abi.encodeCall(registry.register, ("alice")),
      abi.encodeWithSelector(
        NameRegistry.NameTaken.selector,
        "alice",
        address(alice),
        block.timestamp + 365 days
      )
    );
  }

  function testANameIsFreeAfterTermAndGrace() public {
    skip(365 days);
    assertEq(registry.ownerOf("alice"), address(0));
    skip(30 days);
    register(bob, "alice");
    assertEq(registry.ownerOf("alice"), address(bob));
  }

  function testInTheGraceTheOwnerMayRenew() public {
    skip(365 days + 1);
    alice.run(address(registry), 1 ether, abi.encodeCall(registry.renew, ("alice")));
    assertEq(registry.ownerOf("alice"), address(alice));
  }

  function testOnlyTheOwnerChanges() public {
    assertFails(
      bob,
      address(registry),
      abi.encodeCall(registry.set, ("alice", address(bob), "")),
      abi.encodeWithSelector(NameRegistry.NotTheOwner.selector, "alice", address(bob))
    );
  }

  function testTransferGivesTheName() public {
    alice.run(address(registry), abi.encodeCall(registry.transfer, ("alice", address(bob))));
    assertEq(registry.ownerOf("alice"), address(bob));
  }

  function testNamesAreChecked() public view {
    assertTrue(registry.isValid("a-1"), "a-1");
    assertTrue(!registry.isValid("ab"), "too short");
    assertTrue(!registry.isValid("Alice"), "capital letter");
    assertTrue(!registry.isValid(unicode"ünnü"), "not plain");
  }

  function testFeesAreTheOperators() public {
    uint256 before = address(this).balance;
    registry.withdraw();
    assertEq(address(this).balance, before + 1 ether);
    assertFails(
      bob,
      address(registry),
      abi.encodeCall(registry.withdraw, ()),
      abi.encodeWithSelector(NameRegistry.NotTheOperator.selector, address(bob))
    );
  }
}
`);

export const registry: Template = {
  id: "registry",
  title: "Name registry",
  summary: "Names for a yearly fee that resolve to an address and a text.",
  contract: "NameRegistry.sol:NameRegistry",
  sources: { "NameRegistry.sol": source, "NameRegistry.t.sol": tests },
};
