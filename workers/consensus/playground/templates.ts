/** Algorithms to begin from in the editor: one that holds, and one with a mistake to be found. */

export interface Template {
  readonly id: string;
  readonly title: string;
  readonly source: string;
}

const majority = `import { ConsensusManager, majorityCommitted } from "consensus";

// What members say to each other, and what they keep on disk.
type Message =
  | { kind: "ballot"; index: number; command: string; agreed: number }
  | { kind: "vote"; index: number };

/**
 * The member with the lowest number orders the commands. A command is agreed
 * on once a majority has it on disk. Nobody takes over while it is away.
 */
export default class MyAlgorithm extends ConsensusManager<Message, string> {
  algorithm = "my algorithm";
  id: number;
  members: number[];
  coordinator: number;
  commands: string[] = [];
  durable = 0; // how many commands the disk has
  syncs = new Map<number, number>();
  votes = new Map<number, number>();
  agreed = 0;

  constructor(id: number, members: number[]) {
    super();
    this.id = id;
    this.members = members;
    this.coordinator = Math.min(...members);
  }

  onStart(context) {
    const { records, durableCount } = context.storage.read();
    this.commands = records.slice(0, durableCount);
    this.durable = this.commands.length;
    context.storage.replace(this.commands);
    if (this.id === this.coordinator) context.setTimer("retry", 50);
  }

  propose(context, command: string) {
    if (this.id !== this.coordinator) {
      return { accepted: false, reason: "not-leader", leader: this.coordinator };
    }
    this.store(context, command);
    for (const member of this.members) this.ballot(context, member);
    return { accepted: true, index: this.commands.length, term: 1 };
  }

  onMessage(context, from: number, message: Message) {
    if (message.kind === "vote") {
      this.votes.set(from, Math.max(this.votes.get(from) ?? 0, message.index));
      this.count(context);
      return;
    }
    if (message.index === this.commands.length + 1) this.store(context, message.command);
    this.agreeUpTo(Math.min(message.agreed, this.durable));
    context.send(from, { kind: "vote", index: this.durable });
  }

  onTimer(context, name: string) {
    context.setTimer("retry", 50);
    for (const member of this.members) this.ballot(context, member);
  }

  onSynced(context, sync: number) {
    this.durable = Math.max(this.durable, this.syncs.get(sync) ?? 0);
    this.syncs.delete(sync);
    if (this.id === this.coordinator) this.count(context);
    else context.send(this.coordinator, { kind: "vote", index: this.durable });
  }

  status() {
    return {
      algorithm: this.algorithm,
      id: this.id,
      role: this.id === this.coordinator ? "coordinator" : "voter",
      term: 1,
      leader: this.coordinator,
      commitIndex: this.agreed,
      lastIndex: this.commands.length,
      halted: null,
    };
  }

  membership() {
    return { voters: this.members, outgoing: [], learners: [] };
  }

  store(context, command: string) {
    this.commands.push(command);
    context.storage.append(command);
    this.syncs.set(context.storage.sync(), this.commands.length);
  }

  ballot(context, member: number) {
    if (member === this.id || this.commands.length === 0) return;
    const index = Math.min((this.votes.get(member) ?? 0) + 1, this.commands.length);
    const command = this.commands[index - 1];
    context.send(member, { kind: "ballot", index, command, agreed: this.agreed });
  }

  count(context) {
    const before = this.agreed;
    this.votes.set(this.id, this.durable);
    this.agreeUpTo(majorityCommitted(this.members, (id) => this.votes.get(id)));
    if (this.agreed === before) return;
    for (const member of this.members) this.ballot(context, member);
  }

  agreeUpTo(index: number) {
    while (this.agreed < index) {
      const command = this.commands[this.agreed];
      this.agreed += 1;
      this.commit({ index: this.agreed, term: 1, command });
    }
  }
}
`;

const forgetful = majority
  .replace(
    "    context.storage.append(command);\n    this.syncs.set(context.storage.sync(), this.commands.length);",
    "    // The mistake: nothing is written to disk, so a crash forgets what was agreed.\n    this.durable = this.commands.length;",
  )
  .replaceAll("MyAlgorithm", "Forgetful");

export const templates: readonly Template[] = [
  { id: "majority", title: "Majority vote", source: majority },
  { id: "forgetful", title: "Majority vote that forgets", source: forgetful },
];
