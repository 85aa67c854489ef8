import type { Refusal } from './failures.js'

/** Thrown wherever Metabase refuses. The server turns it into the answer of that name. */
export class Refused extends Error {
  override name = 'Refused'

  /**
   * @param refusal which refusal
   * @param detail the number to show in it, where it shows one
   */
  constructor (readonly refusal: Refusal, readonly detail?: number) {
    super(refusal)
  }
}
