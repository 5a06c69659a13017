/** A result that is text already: it was made in another thread, where it held nobody up. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** For those who look at a response as an object. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}
