/** What may follow a command of `npm run gateware --`. */
export interface Options {
  /** A name of the converter's arrays. */
  readonly array?: string | undefined;
  /** A file of a converted model. */
  readonly model?: string | undefined;
}
