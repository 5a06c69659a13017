import { expect, it } from "vitest";
import { draftsMax, Workshop } from "./workshop.ts";

const template = (id: string) => ({ kind: "template", id, title: id }) as const;
const sources = (text: string) => ({ "A.sol": text });

it("keeps unsaved edits of a template while another is open", () => {
  const workshop = new Workshop();
  workshop.open(sources("first"), template("one"));
  workshop.write("edited");
  workshop.open(sources("second"), template("two"));
  expect(workshop.snapshot.sources).toEqual(sources("second"));
  workshop.open(sources("first"), template("one"));
  expect(workshop.snapshot).toMatchObject({ sources: sources("edited"), saved: sources("first") });
});

it("keeps nothing of what was saved, nor more than its bound", () => {
  const workshop = new Workshop();
  workshop.open(sources("kept"), template("saved"));
  workshop.write("edited");
  workshop.stored(template("saved"));
  for (let index = 0; index <= draftsMax; index += 1) {
    workshop.open(sources("plain"), template(String(index)));
    workshop.write("edited");
  }
  workshop.open(sources("kept"), template("saved"));
  expect(workshop.snapshot.sources).toEqual(sources("kept"));
  workshop.open(sources("plain"), template("0"));
  expect(workshop.snapshot.sources).toEqual(sources("plain"));
  workshop.open(sources("plain"), template("1"));
  expect(workshop.snapshot.sources).toEqual(sources("edited"));
});
