import { solidity, type Template } from "./template.ts";

const wallet = solidity(`
/// A wallet of several owners: a call goes out once so many of them have confirmed it.
contract MultisigWallet {
  error NotAnOwner(address who);
  error OwnersInvalid();
  error ThresholdInvalid(uint256 threshold, uint256 owners);
  error NoSuchProposal(uint256 id);
  error AlreadyExecuted(uint256 id);
  error AlreadyConfirmed(uint256 id, address owner);
  error NotConfirmed(uint256 id, address owner);
  error ConfirmationsMissing(uint256 id, uint256 confirmations, uint256 threshold);
  error CallFailed(bytes reason);

  event Deposited(address indexed from, uint256 amount);
  event Proposed(uint256 indexed id, address indexed owner, address indexed to, uint256 value, bytes data);
  event Confirmed(uint256 indexed id, address indexed owner);
  event Revoked(uint256 indexed id, address indexed owner);
  event Executed(uint256 indexed id, bytes result);

  struct Proposal {
    address to;
    bool executed;
    uint64 confirmations;
    uint256 value;
    bytes data;
  }

  address[] public owners;
  uint256 public immutable threshold;
  mapping(address who => bool) public isOwner;
  mapping(uint256 id => mapping(address owner => bool)) public hasConfirmed;
  Proposal[] public proposals;

  modifier onlyOwner() {
    if (!isOwner[msg.sender]) revert NotAnOwner(msg.sender);
    _;
  }

  modifier open(uint256 id) {
    if (id >= proposals.length) revert NoSuchProposal(id);
    if (proposals[id].executed) revert AlreadyExecuted(id);
    _;
  }

  constructor(address[] memory owners_, uint256 threshold_) {
    if (threshold_ == 0 || threshold_ > owners_.length) {
      revert ThresholdInvalid(threshold_, owners_.length);
    }
    for (uint256 i = 0; i < owners_.length; i++) {
      address owner = owners_[i];
      if (owner == address(0) || isOwner[owner]) revert OwnersInvalid();
      isOwner[owner] = true;
      owners.push(owner);
    }
    threshold = threshold_;
  }

  receive() external payable {
    emit Deposited(msg.sender, msg.value);
  }

  /// Proposes a call and confirms it at once.
  function propose(
    address to,
    uint256 value,
    bytes calldata data
  ) external onlyOwner returns (uint256 id) {
    id = proposals.length;
    proposals.push(Proposal({to: to, executed: false, confirmations: 0, value: value, data: data}));
    emit Proposed(id, msg.sender, to, value, data);
    confirm(id);
  }

  function confirm(uint256 id) public onlyOwner open(id) {
    if (hasConfirmed[id][msg.sender]) revert AlreadyConfirmed(id, msg.sender);
    hasConfirmed[id][msg.sender] = true;
    proposals[id].confirmations += 1;
    emit Confirmed(id, msg.sender);
  }

  function revoke(uint256 id) external onlyOwner open(id) {
    if (!hasConfirmed[id][msg.sender]) revert NotConfirmed(id, msg.sender);
    hasConfirmed[id][msg.sender] = false;
    proposals[id].confirmations -= 1;
    emit Revoked(id, msg.sender);
  }

  /// @return result what the call returned
  function execute(uint256 id) external onlyOwner open(id) returns (bytes memory result) {
    Proposal storage proposal = proposals[id];
    if (proposal.confirmations < threshold) {
      revert ConfirmationsMissing(id, proposal.confirmations, threshold);
    }
    // Before the call, so that it cannot be executed again from within it.
    proposal.executed = true;
    bool ok;
    (ok, result) = proposal.to.call{value: proposal.value}(proposal.data);
    if (!ok) revert CallFailed(result);
    emit Executed(id, result);
  }

  function proposalCount() external view returns (uint256) {
    return proposals.length;
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {MultisigWallet} from "./MultisigWallet.sol";

/// Calls the wallet back as soon as it is paid.
contract Greedy {
  MultisigWallet wallet;
  bool public refused;

  constructor(MultisigWallet wallet_) {
    wallet = wallet_;
  }

  receive() external payable {
    try wallet.execute(0) {} catch {
      refused = true;
    }
  }
}

contract MultisigWalletTest is Test {
  MultisigWallet wallet;
  Actor alice;
  Actor bob;
  Actor carol;
  Actor stranger;

  function setUp() public {
    alice = newActor(1 ether);
    bob = newActor(1 ether);
    carol = newActor(1 ether);
    stranger = newActor(5 ether);
    address[] memory owners = new address[](3);
    (owners[0], owners[1], owners[2]) = (address(alice), address(bob), address(carol));
    wallet = new MultisigWallet(owners, 2);
    stranger.run(address(wallet), 3 ether, "");
  }

  function propose(address to, uint256 value) internal {
    alice.run(address(wallet), abi.encodeCall(wallet.propose, (to, value, "")));
  }

  function testTwoOfThreePay() public {
    address payee = address(0xbeef);
    propose(payee, 1 ether);
    bob.run(address(wallet), abi.encodeCall(wallet.confirm, (0)));
    carol.run(address(wallet), abi.encodeCall(wallet.execute, (0)));
    assertEq(payee.balance, 1 ether);
    assertEq(address(wallet).balance, 2 ether);
  }

  function testOneAloneDoesNot() public {
    propose(address(0xbeef), 1 ether);
    assertFails(
      alice,
      address(wallet),
      abi.encodeCall(wallet.execute, (0)),
      abi.encodeWithSelector(MultisigWallet.ConfirmationsMissing.selector, 0, 1, 2)
    );
  }

  function testNobodyConfirmsTwice() public {
    propose(address(0xbeef), 1 ether);
    assertFails(
      alice,
      address(wallet),
      abi.encodeCall(wallet.confirm, (0)),
      abi.encodeWithSelector(MultisigWallet.AlreadyConfirmed.selector, 0, address(alice))
    );
  }

  function testARevokedConfirmationDoesNotCount() public {
    propose(address(0xbeef), 1 ether);
    bob.run(address(wallet), abi.encodeCall(wallet.confirm, (0)));
    alice.run(address(wallet), abi.encodeCall(wallet.revoke, (0)));
    assertFails(
      bob,
      address(wallet),
      abi.encodeCall(wallet.execute, (0)),
      abi.encodeWithSelector(MultisigWallet.ConfirmationsMissing.selector, 0, 1, 2)
    );
  }

  function testStrangersAreKeptOut() public {
    assertFails(
      stranger,
      address(wallet),
      abi.encodeCall(wallet.propose, (address(stranger), 1 ether, "")),
      abi.encodeWithSelector(MultisigWallet.NotAnOwner.selector, address(stranger))
    );
  }

  function testNothingIsExecutedTwice() public {
    propose(address(0xbeef), 1 ether);
    bob.run(address(wallet), abi.encodeCall(wallet.confirm, (0)));
    bob.run(address(wallet), abi.encodeCall(wallet.execute, (0)));
    assertFails(
      bob,
      address(wallet),
      abi.encodeCall(wallet.execute, (0)),
      abi.encodeWithSelector(MultisigWallet.AlreadyExecuted.selector, 0)
    );
  }

  function testAPayeeCannotCallBack() public {
    Greedy greedy = new Greedy(wallet);
    propose(address(greedy), 1 ether);
    bob.run(address(wallet), abi.encodeCall(wallet.confirm, (0)));
    bob.run(address(wallet), abi.encodeCall(wallet.execute, (0)));
    assertTrue(greedy.refused(), "it was not refused");
    assertEq(address(greedy).balance, 1 ether);
  }

  function testAFailingCallIsUndone() public {
    bytes memory bad = abi.encodeCall(wallet.confirm, (99));
    alice.run(address(wallet), abi.encodeCall(wallet.propose, (address(wallet), 0, bad)));
    bob.run(address(wallet), abi.encodeCall(wallet.confirm, (0)));
    bytes memory reason = abi.encodeWithSelector(
      MultisigWallet.NotAnOwner.selector,
      address(wallet)
    );
    assertFails(
      bob,
      address(wallet),
      abi.encodeCall(wallet.execute, (0)),
      abi.encodeWithSelector(MultisigWallet.CallFailed.selector, reason)
    );
  }

  function testThresholdMustBeReachable() public {
    address[] memory owners = new address[](1);
    owners[0] = address(alice);
    try new MultisigWallet(owners, 2) {
      assertTrue(false, "it was accepted");
    } catch (bytes memory found) {
      assertEq(found, abi.encodeWithSelector(MultisigWallet.ThresholdInvalid.selector, 2, 1));
    }
  }
}
`);

export const multisig: Template = {
  id: "multisig",
  title: "Multisig wallet",
  summary: "A wallet of several owners that pays once enough of them have confirmed.",
  contract: "MultisigWallet.sol:MultisigWallet",
  sources: { "MultisigWallet.sol": wallet, "MultisigWallet.t.sol": tests },
};
