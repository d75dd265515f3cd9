/** What was asked for and had of one wall, in words, and whether what was had is as much; null: that was not measured. */
export interface Comparison {
  /** Null: nothing was asked for. */
  readonly asked: string | null;
  /** Null: not measured. */
  readonly had: string | null;
  readonly asMuch: boolean | null;
}
