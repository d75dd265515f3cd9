import type { PointerEvent, RefObject, SyntheticEvent } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { Size, View } from './pan-zoom.ts';
import { centred, fit, held, zoomAt } from './pan-zoom.ts';

/** An image without a size of its own (some SVG have none) is taken for this large. */
const assumed: Size = { width: 800, height: 600 };

export interface PanZoom {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly size: Size | null;
  /** Null until the image is there. */
  readonly view: View | null;
  readonly isBroken: boolean;
  readonly loaded: (event: SyntheticEvent<HTMLImageElement>) => void;
  readonly broken: () => void;
  /** Zooms by a factor around the middle. */
  readonly zoom: (factor: number) => void;
  readonly show: (what: 'fit' | 'actual') => void;
  readonly move: (x: number, y: number) => void;
  /** Handlers of the frame. */
  readonly drag: {
    readonly onPointerDown: (event: PointerEvent<HTMLDivElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLDivElement>) => void;
  };
}

/** Looking at an image through a frame: by wheel, by drag, by buttons and keys. */
export function usePanZoom(): PanZoom {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  const [view, setView] = useState<View | null>(null);
  const [isBroken, setBroken] = useState(false);
  const room = (): Size => ({ width: frame.current?.clientWidth ?? 1, height: frame.current?.clientHeight ?? 1 });
  const change = (next: (view: View) => View) => {
    setView((now) => (now === null || size === null ? now : held(next(now), size, room())));
  };
  useEffect(() => {
    // Keys go to what has the focus, also after the step to another figure.
    frame.current?.focus();
  }, []);
  useEffect(() => {
    const element = frame.current;
    if (element === null || size === null) return undefined;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      setView((now) => now && held(zoomAt(now, Math.exp(-event.deltaY / 400), at), size, room()));
    };
    // React listens passively, which cannot keep the page from scrolling.
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', wheel);
    };
  }, [size]);
  return {
    frame,
    size,
    view,
    isBroken,
    loaded: ({ currentTarget: { naturalWidth, naturalHeight } }) => {
      const real = naturalWidth > 0 && naturalHeight > 0 ? { width: naturalWidth, height: naturalHeight } : assumed;
      setSize(real);
      setView(fit(real, room()));
    },
    broken: () => {
      setBroken(true);
    },
    zoom: (factor) => {
      change((now) => zoomAt(now, factor, { x: room().width / 2, y: room().height / 2 }));
    },
    show: (what) => {
      if (size !== null) setView(what === 'fit' ? fit(size, room()) : centred(size, room(), 1));
    },
    move: (x, y) => {
      change((now) => ({ ...now, x: now.x + x, y: now.y + y }));
    },
    drag: {
      onPointerDown: (event) => {
        if (event.button === 0) event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId))
          change((now) => ({ ...now, x: now.x + event.movementX, y: now.y + event.movementY }));
      },
    },
  };
}
