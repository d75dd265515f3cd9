/** Says what long work on images is doing, with bytes where they are known. */
export type Step = (step: { readonly message: string; readonly bytes?: number; readonly total?: number }) => void;
