import { expect, test } from "vitest";
import { createEventParser } from "./server-events.ts";

test("events are cut at blank lines, wherever the chunks are cut", () => {
  const stream =
    ': hello\n\nevent: message\ndata: {"a":1}\n\ndata: one\ndata: two\r\n\r\nevent: done\n\n';
  const whole = createEventParser().push(stream);
  const parser = createEventParser();
  const pieces = stream.split("").flatMap((character) => parser.push(character));
  expect(whole).toEqual([
    { event: "message", data: '{"a":1}' },
    { event: "message", data: "one\ntwo" },
  ]);
  expect(pieces).toEqual(whole);
});
