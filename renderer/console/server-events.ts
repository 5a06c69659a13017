/** The text of a server-sent event stream as events (HTML Standard, section 9.2.6). */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

export interface EventParser {
  push(text: string): ServerEvent[];
}

export function createEventParser(): EventParser {
  let rest = "";
  return {
    push(text) {
      rest += text;
      const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
      rest = blocks.pop() ?? "";
      return blocks.flatMap(parseBlock);
    },
  };
}

function parseBlock(block: string): ServerEvent[] {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const [, field, value] = /^([^:]+):? ?(.*)$/s.exec(line) ?? [];
    if (field === "event") event = value ?? "message";
    if (field === "data") data.push(value ?? "");
  }
  // A block without data is a comment that keeps the connection alive.
  return data.length === 0 ? [] : [{ event, data: data.join("\n") }];
}
