import type { RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';

/** Whether an element has less than `width` px to lie in. */
export function useIsNarrow(width: number): [RefObject<HTMLDivElement | null>, boolean] {
  const element = useRef<HTMLDivElement>(null);
  const [isNarrow, setNarrow] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const observer = new ResizeObserver(() => {
      setNarrow(target.clientWidth < width);
    });
    observer.observe(target);
    return () => {
      observer.disconnect();
    };
  }, [width]);
  return [element, isNarrow];
}
