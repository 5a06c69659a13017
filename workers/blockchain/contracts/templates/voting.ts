import { solidity, type Template } from "./template.ts";

const ballot = solidity(`
/// A vote among registered voters, who may let others vote for them. It ends at a set time.
contract Ballot {
  error NotTheChair(address who);
  error VotingIsOver(uint256 end);
  error VotingGoesOn(uint256 end);
  error NoRightToVote(address who);
  error HasVoted(address who);
  error DelegationLoop(address who);
  error NoSuchOption(uint256 option);
  error OptionsInvalid();

  event RightGiven(address indexed voter);
  event Delegated(address indexed from, address indexed to, uint256 weight);
  event Voted(address indexed voter, uint256 indexed option, uint256 weight);

  struct Voter {
    uint128 weight;
    bool voted;
    address delegate;
    uint256 option;
  }

  struct Option {
    string name;
    uint256 votes;
  }

  address public immutable chair;
  /// Seconds since the Unix epoch.
  uint256 public immutable end;
  Option[] public options;
  mapping(address who => Voter) public voters;

  modifier whileOpen() {
    if (block.timestamp >= end) revert VotingIsOver(end);
    _;
  }

  /// @param duration of the vote in seconds
  constructor(string[] memory names, uint256 duration) {
    if (names.length < 2) revert OptionsInvalid();
    chair = msg.sender;
    end = block.timestamp + duration;
    for (uint256 i = 0; i < names.length; i++) options.push(Option(names[i], 0));
  }

  function giveRights(address[] calldata who) external whileOpen {
    if (msg.sender != chair) revert NotTheChair(msg.sender);
    for (uint256 i = 0; i < who.length; i++) {
      Voter storage voter = voters[who[i]];
      if (voter.weight > 0 || voter.voted) continue;
      voter.weight = 1;
      emit RightGiven(who[i]);
    }
  }

  /// Who votes for others follows their delegates in turn; a circle is refused.
  function delegate(address to) external whileOpen {
    Voter storage sender = _entitled(msg.sender);
    while (voters[to].delegate != address(0)) {
      to = voters[to].delegate;
      if (to == msg.sender) revert DelegationLoop(to);
    }
    if (to == msg.sender) revert DelegationLoop(to);
    Voter storage other = voters[to];
    if (other.weight == 0) revert NoRightToVote(to);
    sender.voted = true;
    sender.delegate = to;
    if (other.voted) options[other.option].votes += sender.weight;
    else other.weight += sender.weight;
    emit Delegated(msg.sender, to, sender.weight);
  }

  function vote(uint256 option) external whileOpen {
    if (option >= options.length) revert NoSuchOption(option);
    Voter storage voter = _entitled(msg.sender);
    voter.voted = true;
    voter.option = option;
    options[option].votes += voter.weight;
    emit Voted(msg.sender, option, voter.weight);
  }

  /// The option with the most votes; of several the first.
  function winner() external view returns (uint256 option, string memory name, uint256 votes) {
    if (block.timestamp < end) revert VotingGoesOn(end);
    for (uint256 i = 1; i < options.length; i++) {
      if (options[i].votes > options[option].votes) option = i;
    }
    return (option, options[option].name, options[option].votes);
  }

  function optionCount() external view returns (uint256) {
    return options.length;
  }

  function _entitled(address who) private view returns (Voter storage voter) {
    voter = voters[who];
    if (voter.weight == 0) revert NoRightToVote(who);
    if (voter.voted) revert HasVoted(who);
  }
}
`);

const tests = solidity(`
import "lab/Test.sol";
import {Ballot} from "./Ballot.sol";

contract BallotTest is Test {
  Ballot ballot;
  Actor alice;
  Actor bob;
  Actor carol;
  Actor stranger;

  function setUp() public {
    string[] memory names = new string[](3);
    (names[0], names[1], names[2]) = ("red", "green", "blue");
    ballot = new Ballot(names, 1 days);
    alice = newActor(0);
    bob = newActor(0);
    carol = newActor(0);
    stranger = newActor(0);
    address[] memory who = new address[](3);
    (who[0], who[1], who[2]) = (address(alice), address(bob), address(carol));
    ballot.giveRights(who);
  }

  function vote(Actor who, uint256 option) internal {
    who.run(address(ballot), abi.encodeCall(ballot.vote, (option)));
  }

  function delegate(Actor from, Actor to) internal {
    from.run(address(ballot), abi.encodeCall(ballot.delegate, (address(to))));
  }

  function votesFor(uint256 option) internal view returns (uint256 votes) {
    (, votes) = ballot.options(option);
  }

  function testMostVotesWin() public {
    vote(alice, 2);
    vote(bob, 2);
    vote(carol, 1);
    skip(1 days);
    (uint256 option, string memory name, uint256 votes) = ballot.winner();
    assertEq(option, 2);
    assertEq(name, "blue");
    assertEq(votes, 2);
  }

  function testDelegatedVotesCount() public {
    delegate(alice, bob);
    delegate(carol, alice);
    vote(bob, 1);
    assertEq(votesFor(1), 3);
  }

  function testDelegatingToSomebodyWhoVotedCountsAtOnce() public {
    vote(bob, 0);
    delegate(alice, bob);
    assertEq(votesFor(0), 2);
  }

  function testCirclesAreRefused() public {
    delegate(alice, bob);
    assertFails(
      bob,
      address(ballot),
      abi.encodeCall(ballot.delegate, (address(alice))),
      abi.encodeWithSelector(Ballot.DelegationLoop.selector, address(bob))
    );
  }

  function testNobodyVotesTwice() public {
    vote(alice, 0);
    assertFails(
      alice,
      address(ballot),
      abi.encodeCall(ballot.vote, (1)),
      abi.encodeWithSelector(Ballot.HasVoted.selector, address(alice))
    );
  }

  function testStrangersDoNotVote() public {
    assertFails(
      stranger,
      address(ballot),
      abi.encodeCall(ballot.vote, (1)),
      abi.encodeWithSelector(Ballot.NoRightToVote.selector, address(stranger))
    );
  }

  function testTheVoteEnds() public {
    try ballot.winner() {
      assertTrue(false, "there was a winner before the end");
    } catch (bytes memory found) {
      assertEq(found, abi.encodeWithSelector(Ballot.VotingGoesOn.selector, ballot.end()));
    }
    skip(1 days);
    assertFails(
      alice,
      address(ballot),
      abi.encodeCall(ballot.vote, (1)),
      abi.encodeWithSelector(Ballot.VotingIsOver.selector, ballot.end())
    );
  }
}
`);

export const voting: Template = {
  id: "voting",
  title: "Voting",
  summary: "A vote with registered voters, delegation and a closing time.",
  contract: "Ballot.sol:Ballot",
  sources: { "Ballot.sol": ballot, "Ballot.t.sol": tests },
};
