import { solidity, type Template } from "./template.ts";

const source = solidity(`
/// Holds a buyer's coins until the goods are there. Both sides may ask the arbiter; if the seller does
/// not ship in time, the buyer takes the coins back.
contract Escrow {
  enum State {
    Created,
    Funded,
    Shipped,
    Disputed,
    Closed
  }

  error WrongState(State state);
  error NotAllowed(address who);
  error WrongAmount(uint256 sent, uint256 price);
  error TooEarly(uint256 until);
  error PaymentFailed(address to);
  error ShareInvalid(uint256 toSeller);

  event Moved(State indexed state);
  event Paid(address indexed to, uint256 amount);

  address public immutable buyer;
  address public immutable seller;
  address public immutable arbiter;
  uint256 public immutable price;
  /// Seconds that the seller has to ship, and the buyer to complain.
  uint256 public immutable period;
  State public state;
  uint256 public deadline;

  modifier only(address who) {
    if (msg.sender != who) revert NotAllowed(msg.sender);
    _;
  }

  modifier during(State expected) {
    if (state != expected) revert WrongState(state);
    _;
  }

  constructor(address buyer_, address seller_, address arbiter_, uint256 price_, uint256 period_) {
    (buyer, seller, arbiter) = (buyer_, seller_, arbiter_);
    (price, period) = (price_, period_);
  }

  function fund() external payable only(buyer) during(State.Created) {
    if (msg.value != price) revert WrongAmount(msg.value, price);
    deadline = block.timestamp + period;
    _move(State.Funded);
  }

  function ship() external only(seller) during(State.Funded) {
    deadline = block.timestamp + period;
    _move(State.Shipped);
  }

  /// The buyer has the goods.
  function confirm() external only(buyer) during(State.Shipped) {
    _close(price);
  }

  /// The seller shipped, and the buyer kept silent.
  function claim() external only(seller) during(State.Shipped) {
    if (block.timestamp < deadline) revert TooEarly(deadline);
    _close(price);
  }

  /// The seller did not ship.
  function refund() external only(buyer) during(State.Funded) {
    if (block.timestamp < deadline) revert TooEarly(deadline);
    _close(0);
  }

  function dispute() external {
    if (msg.sender != buyer && msg.sender != seller) revert NotAllowed(msg.sender);
    if (state != State.Funded && state != State.Shipped) revert WrongState(state);
    _move(State.Disputed);
  }

  /// @param toSeller wei; the buyer gets the rest
  function resolve(uint256 toSeller) external only(arbiter) during(State.Disputed) {
    if (toSeller > price) revert ShareInvalid(toSeller);
    _close(toSeller);
  }

  function _close(uint256 toSeller) private {
    _move(State.Closed);
    _pay(seller, toSeller);
    _pay(buyer, price - toSeller);
  }

  function _pay(address to, uint256 amount) private {
    if (amount == 0) return;
    (bool ok, ) = to.call{value: amount}("");
    if (!ok) revert PaymentFailed(to);
    emit Paid(to, amount);
  }

  function _move(State next) private {
    state = next;
    emit Moved(next);
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {Escrow} from "./Escrow.sol";

contract EscrowTest is Test {
  Escrow escrow;
  Actor buyer;
  Actor seller;
  Actor arbiter;

  function setUp() public {
    buyer = newActor(10 ether);
    seller = newActor(0);
    arbiter = newActor(0);
    escrow = new Escrow(address(buyer), address(seller), address(arbiter), 4 ether, 1 days);
  }

  function fund() internal {
    buyer.run(address(escrow), 4 ether, abi.encodeCall(escrow.fund, ()));
  }

  function ship() internal {
    seller.run(address(escrow), abi.encodeCall(escrow.ship, ()));
  }

  function testConfirmedGoodsArePaid() public {
    fund();
    ship();
    buyer.run(address(escrow), abi.encodeCall(escrow.confirm, ()));
    assertEq(address(seller).balance, 4 ether);
    assertTrue(escrow.state() == Escrow.State.Closed);
  }

  function testOnlyThePriceIsTaken() public {
    assertFails(
      buyer,
      address(escrow),
      3 ether,
      abi.encodeCall(escrow.fund, ()),
      abi.encodeWithSelector(Escrow.WrongAmount.selector, 3 ether, 4 ether)
    );
  }

  function testASilentBuyerPaysAfterThePeriod() public {
    fund();
    ship();
    bytes memory claim = abi.encodeCall(escrow.claim, ());
    assertFails(
      seller,
      address(escrow),
      claim,
      abi.encodeWithSelector(Escrow.TooEarly.selector, block.timestamp + 1 days)
    );
    skip(1 days);
    seller.run(address(escrow), claim);
    assertEq(address(seller).balance, 4 ether);
  }

  function testWithoutShippingTheBuyerIsRefunded() public {
    fund();
    skip(1 days);
    buyer.run(address(escrow), abi.encodeCall(escrow.refund, ()));
    assertEq(address(buyer).balance, 10 ether);
  }

  function testTheArbiterDivides() public {
    fund();
    ship();
    buyer.run(address(escrow), abi.encodeCall(escrow.dispute, ()));
    arbiter.run(address(escrow), abi.encodeCall(escrow.resolve, (1 ether)));
    assertEq(address(seller).balance, 1 ether);
    assertEq(address(buyer).balance, 9 ether);
    assertEq(address(escrow).balance, 0);
  }

  function testOthersMayNotDecide() public {
    fund();
    ship();
    assertFails(
      seller,
      address(escrow),
      abi.encodeCall(escrow.confirm, ()),
      abi.encodeWithSelector(Escrow.NotAllowed.selector, address(seller))
    );
    assertFails(
      arbiter,
      address(escrow),
      abi.encodeCall(escrow.dispute, ()),
      abi.encodeWithSelector(Escrow.NotAllowed.selector, address(arbiter))
    );
  }

  function testNothingHappensTwice() public {
    fund();
    assertFails(
      buyer,
      address(escrow),
      4 ether,
      abi.encodeCall(escrow.fund, ()),
      abi.encodeWithSelector(Escrow.WrongState.selector, Escrow.State.Funded)
    );
  }
}
`);

export const escrow: Template = {
  id: "escrow",
  title: "Escrow",
  summary: "Holds a payment until the goods are there, with deadlines and an arbiter.",
  contract: "Escrow.sol:Escrow",
  sources: { "Escrow.sol": source, "Escrow.t.sol": tests },
};
