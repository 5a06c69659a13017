import { solidity, type Template } from "./template.ts";

const collection = solidity(`
interface Receiver {
  function onERC721Received(
    address operator,
    address from,
    uint256 tokenId,
    bytes calldata data
  ) external returns (bytes4);
}

/// Tokens of which no two are alike (ERC-721), each with the address of its description. The deployer mints.
contract Collection {
  error NotTheMinter(address who);
  error NoSuchToken(uint256 tokenId);
  error TokenExists(uint256 tokenId);
  error NotTheOwner(address who, uint256 tokenId);
  error NotApproved(address who, uint256 tokenId);
  error NobodyReceives();
  error ReceiverRefuses(address receiver);

  event Transfer(address indexed from, address indexed to, uint256 indexed tokenId);
  event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId);
  event ApprovalForAll(address indexed owner, address indexed operator, bool approved);

  string public name;
  string public symbol;
  address public immutable minter;
  mapping(address owner => uint256) private _balances;
  mapping(uint256 tokenId => address) private _owners;
  mapping(uint256 tokenId => address) private _approved;
  mapping(uint256 tokenId => string) private _descriptions;
  mapping(address owner => mapping(address operator => bool)) public isApprovedForAll;

  constructor(string memory name_, string memory symbol_) {
    name = name_;
    symbol = symbol_;
    minter = msg.sender;
  }

  /// @param description where the token's metadata are, as a URI
  function mint(address to, uint256 tokenId, string calldata description) external {
    if (msg.sender != minter) revert NotTheMinter(msg.sender);
    if (to == address(0)) revert NobodyReceives();
    if (_owners[tokenId] != address(0)) revert TokenExists(tokenId);
    _owners[tokenId] = to;
    _descriptions[tokenId] = description;
    _balances[to] += 1;
    emit Transfer(address(0), to, tokenId);
  }

  /// Only the owner destroys a token.
  function burn(uint256 tokenId) external {
    address owner = ownerOf(tokenId);
    if (msg.sender != owner) revert NotTheOwner(msg.sender, tokenId);
    delete _owners[tokenId];
    delete _approved[tokenId];
    delete _descriptions[tokenId];
    _balances[owner] -= 1;
    emit Transfer(owner, address(0), tokenId);
  }

  function balanceOf(address owner) external view returns (uint256) {
    if (owner == address(0)) revert NobodyReceives();
    return _balances[owner];
  }

  function ownerOf(uint256 tokenId) public view returns (address owner) {
    owner = _owners[tokenId];
    if (owner == address(0)) revert NoSuchToken(tokenId);
  }

  function tokenURI(uint256 tokenId) external view returns (string memory) {
    ownerOf(tokenId);
    return _descriptions[tokenId];
  }

  function getApproved(uint256 tokenId) external view returns (address) {
    ownerOf(tokenId);
    return _approved[tokenId];
  }

  function approve(address to, uint256 tokenId) external {
    address owner = ownerOf(tokenId);
    if (msg.sender != owner && !isApprovedForAll[owner][msg.sender]) {
      revert NotApproved(msg.sender, tokenId);
    }
    _approved[tokenId] = to;
    emit Approval(owner, to, tokenId);
  }

  function setApprovalForAll(address operator, bool approved) external {
    isApprovedForAll[msg.sender][operator] = approved;
    emit ApprovalForAll(msg.sender, operator, approved);
  }

  function transferFrom(address from, address to, uint256 tokenId) public {
    address owner = ownerOf(tokenId);
    if (owner != from) revert NotTheOwner(from, tokenId);
    if (to == address(0)) revert NobodyReceives();
    bool allowed = msg.sender == owner ||
      isApprovedForAll[owner][msg.sender] ||
      _approved[tokenId] == msg.sender;
    if (!allowed) revert NotApproved(msg.sender, tokenId);
    delete _approved[tokenId];
    _balances[from] -= 1;
    _balances[to] += 1;
    _owners[tokenId] = to;
    emit Transfer(from, to, tokenId);
  }

  function safeTransferFrom(address from, address to, uint256 tokenId) external {
    safeTransferFrom(from, to, tokenId, "");
  }

  /// A contract has to say that it can hold tokens.
  function safeTransferFrom(
    address from,
    address to,
    uint256 tokenId,
    bytes memory data
  ) public {
    transferFrom(from, to, tokenId);
    if (to.code.length == 0) return;
    try Receiver(to).onERC721Received(msg.sender, from, tokenId, data) returns (bytes4 answer) {
      if (answer != Receiver.onERC721Received.selector) revert ReceiverRefuses(to);
    } catch {
      revert ReceiverRefuses(to);
    }
  }

  /// ERC-165: this, ERC-721 and its metadata.
  function supportsInterface(bytes4 id) external pure returns (bool) {
    return id == 0x01ffc9a7 || id == 0x80ac58cd || id == 0x5b5e139f;
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {Collection} from "./Collection.sol";

contract CollectionTest is Test {
  Collection art;
  Actor alice;
  Actor bob;

  function setUp() public {
    art = new Collection("Art", "ART");
    alice = newActor(0);
    bob = newActor(0);
    art.mint(address(alice), 7, "ipfs://seven");
  }

  function testMintedTokenHasOwnerAndDescription() public view {
    assertEq(art.ownerOf(7), address(alice));
    assertEq(art.balanceOf(address(alice)), 1);
    assertEq(art.tokenURI(7), "ipfs://seven");
  }

  function testOnlyTheMinterMintsAndNothingTwice() public {
    bytes memory mint = abi.encodeCall(art.mint, (address(bob), 8, ""));
    assertFails(
      bob,
      address(art),
      mint,
      abi.encodeWithSelector(Collection.NotTheMinter.selector, address(bob))
    );
    try art.mint(address(bob), 7, "") {
      assertTrue(false, "minted twice");
    } catch (bytes memory found) {
      assertEq(found, abi.encodeWithSelector(Collection.TokenExists.selector, 7));
    }
  }

  function testTransferMovesTheTokenAndForgetsApproval() public {
    alice.run(address(art), abi.encodeCall(art.approve, (address(bob), 7)));
    assertEq(art.getApproved(7), address(bob));
    bob.run(address(art), abi.encodeCall(art.transferFrom, (address(alice), address(bob), 7)));
    assertEq(art.ownerOf(7), address(bob));
    assertEq(art.getApproved(7), address(0));
    assertEq(art.balanceOf(address(alice)), 0);
  }

  function testNobodyElseTransfers() public {
    assertFails(
      bob,
      address(art),
      abi.encodeCall(art.transferFrom, (address(alice), address(bob), 7)),
      abi.encodeWithSelector(Collection.NotApproved.selector, address(bob), 7)
    );
  }

  function testOperatorMayMoveAll() public {
    alice.run(address(art), abi.encodeCall(art.setApprovalForAll, (address(bob), true)));
    bob.run(address(art), abi.encodeCall(art.transferFrom, (address(alice), address(bob), 7)));
    assertEq(art.ownerOf(7), address(bob));
  }

  function testSafeTransferAsksTheReceiver() public {
    bytes4 safe = bytes4(keccak256("safeTransferFrom(address,address,uint256)"));
    bytes memory toBob = abi.encodeWithSelector(safe, address(alice), address(bob), 7);
    alice.run(address(art), toBob);
    assertEq(art.ownerOf(7), address(bob));
    bytes memory toArt = abi.encodeWithSelector(safe, address(bob), address(art), 7);
    assertFails(
      bob,
      address(art),
      toArt,
      abi.encodeWithSelector(Collection.ReceiverRefuses.selector, address(art))
    );
  }

  function testBurnedTokenIsGone() public {
    alice.run(address(art), abi.encodeCall(art.burn, (7)));
    try art.ownerOf(7) {
      assertTrue(false, "it is still there");
    } catch (bytes memory found) {
      assertEq(found, abi.encodeWithSelector(Collection.NoSuchToken.selector, 7));
    }
  }
}
`);

export const erc721: Template = {
  id: "erc721",
  title: "Collection (ERC-721)",
  summary: "Tokens of which no two are alike, with approvals and safe transfers.",
  contract: "Collection.sol:Collection",
  sources: { "Collection.sol": collection, "Collection.t.sol": tests },
};
