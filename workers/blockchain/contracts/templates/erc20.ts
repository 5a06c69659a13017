import { solidity, type Template } from "./template.ts";

const token = solidity(`
/// A fungible token (ERC-20) with approval by signature (ERC-2612). The whole supply is the deployer's.
contract Token {
  error BalanceTooSmall(address owner, uint256 balance, uint256 needed);
  error AllowanceTooSmall(address spender, uint256 allowance, uint256 needed);
  error NobodyReceives();
  error PermitExpired(uint256 deadline);
  error SignatureInvalid(address signer, address owner);

  event Transfer(address indexed from, address indexed to, uint256 value);
  event Approval(address indexed owner, address indexed spender, uint256 value);

  bytes32 public constant PERMIT_TYPEHASH =
    keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

  string public name;
  string public symbol;
  uint8 public constant decimals = 18;
  uint256 public totalSupply;
  mapping(address owner => uint256) public balanceOf;
  mapping(address owner => mapping(address spender => uint256)) public allowance;
  mapping(address owner => uint256) public nonces;

  /// @param supply in the smallest unit, 10^-18 of a token
  constructor(string memory name_, string memory symbol_, uint256 supply) {
    name = name_;
    symbol = symbol_;
    totalSupply = supply;
    balanceOf[msg.sender] = supply;
    emit Transfer(address(0), msg.sender, supply);
  }

  function transfer(address to, uint256 value) external returns (bool) {
    _transfer(msg.sender, to, value);
    return true;
  }

  function approve(address spender, uint256 value) external returns (bool) {
    _approve(msg.sender, spender, value);
    return true;
  }

  /// An allowance of the largest number is never used up.
  function transferFrom(address from, address to, uint256 value) external returns (bool) {
    uint256 allowed = allowance[from][msg.sender];
    if (allowed != type(uint256).max) {
      if (allowed < value) revert AllowanceTooSmall(msg.sender, allowed, value);
      unchecked {
        allowance[from][msg.sender] = allowed - value;
      }
    }
    _transfer(from, to, value);
    return true;
  }

  /// Approves with the owner's signature (EIP-712) instead of a transaction of the owner.
  /// @param deadline in seconds since the Unix epoch
  function permit(
    address owner,
    address spender,
    uint256 value,
    uint256 deadline,
    uint8 v,
    bytes32 r,
    bytes32 s
  ) external {
    if (block.timestamp > deadline) revert PermitExpired(deadline);
    bytes32 content = keccak256(
      abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonces[owner]++, deadline)
    );
    address signer = ecrecover(
      keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), content)),
      v,
      r,
      s
    );
    if (signer == address(0) || signer != owner) revert SignatureInvalid(signer, owner);
    _approve(owner, spender, value);
  }

  function DOMAIN_SEPARATOR() public view returns (bytes32) {
    return
      keccak256(
        abi.encode(
          keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
          ),
          keccak256(bytes(name)),
          keccak256("1"),
          block.chainid,
          address(this)
        )
      );
  }

  function _transfer(address from, address to, uint256 value) private {
    if (to == address(0)) revert NobodyReceives();
    uint256 balance = balanceOf[from];
    if (balance < value) revert BalanceTooSmall(from, balance, value);
    unchecked {
      // All balances together are the supply, so that none can overflow.
      balanceOf[from] = balance - value;
      balanceOf[to] += value;
    }
    emit Transfer(from, to, value);
  }

  function _approve(address owner, address spender, uint256 value) private {
    allowance[owner][spender] = value;
    emit Approval(owner, spender, value);
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {Token} from "./Token.sol";

contract TokenTest is Test {
  Token token;
  Actor alice;
  Actor bob;

  function setUp() public {
    token = new Token("Gold", "GLD", 1000);
    alice = newActor(0);
    bob = newActor(0);
    token.transfer(address(alice), 100);
  }

  function testSupplyIsTheDeployers() public view {
    assertEq(token.totalSupply(), 1000);
    assertEq(token.balanceOf(address(this)), 900);
    assertEq(token.name(), "Gold");
  }

  function testTransferMovesTokens() public {
    alice.run(address(token), abi.encodeCall(token.transfer, (address(bob), 30)));
    assertEq(token.balanceOf(address(alice)), 70);
    assertEq(token.balanceOf(address(bob)), 30);
  }

  function testTransferToOneselfChangesNothing() public {
    alice.run(address(token), abi.encodeCall(token.transfer, (address(alice), 40)));
    assertEq(token.balanceOf(address(alice)), 100);
  }

  function testNobodySpendsMoreThanThereIs() public {
    assertFails(
      alice,
      address(token),
      abi.encodeCall(token.transfer, (address(bob), 101)),
      abi.encodeWithSelector(Token.BalanceTooSmall.selector, address(alice), 100, 101)
    );
  }

  function testTokensAreNotLostToNobody() public {
    assertFails(
      alice,
      address(token),
      abi.encodeCall(token.transfer, (address(0), 1)),
      abi.encodeWithSelector(Token.NobodyReceives.selector)
    );
  }

  function testAllowanceIsUsedUp() public {
    alice.run(address(token), abi.encodeCall(token.approve, (address(bob), 50)));
    bytes memory take = abi.encodeCall(token.transferFrom, (address(alice), address(bob), 30));
    bob.run(address(token), take);
    assertEq(token.allowance(address(alice), address(bob)), 20);
    assertFails(
      bob,
      address(token),
      take,
      abi.encodeWithSelector(Token.AllowanceTooSmall.selector, address(bob), 20, 30)
    );
  }

  function testPermitNeedsTheOwnersSignature() public {
    assertFails(
      bob,
      address(token),
      abi.encodeCall(
        token.permit,
        (address(alice), address(bob), 5, block.timestamp, 27, bytes32(0), bytes32(0))
      ),
      abi.encodeWithSelector(Token.SignatureInvalid.selector, address(0), address(alice))
    );
  }
}
`);

export const erc20: Template = {
  id: "erc20",
  title: "Token (ERC-20)",
  summary: "A fungible token with allowances, and approval by signature (ERC-2612).",
  contract: "Token.sol:Token",
  sources: { "Token.sol": token, "Token.t.sol": tests },
};
