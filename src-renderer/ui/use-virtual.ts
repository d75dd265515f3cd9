import type { Virtualizer, VirtualizerOptions } from '@tanstack/react-virtual';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

type Frame = HTMLDivElement;
type Options = Partial<Omit<VirtualizerOptions<Frame, Element>, 'count' | 'getScrollElement' | 'estimateSize'>>;

/** The parts of a long list that are in sight of a frame that scrolls. `size` is the height (or width) of a part, px. */
export function useVirtual(
  frame: RefObject<Frame | null>,
  count: number,
  size: (index: number) => number,
  options: Options = {},
): Virtualizer<Frame, Element> {
  // The functions of the answer must not be memoised, and are not: no compiler is used.
  // eslint-disable-next-line react-hooks/incompatible-library
  return useVirtualizer({ ...options, count, getScrollElement: () => frame.current, estimateSize: size });
}
