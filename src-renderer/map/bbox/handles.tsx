import type { PointerEvent, ReactElement } from 'react';
import { useRef } from 'react';
import { fromMercator } from '../geo/mercator.ts';
import { fromScreen, toScreen } from '../geo/view.ts';
import type { View } from '../geo/view.ts';
import type { GeographicBox, Grip } from './geographic-box.ts';
import { boxOnMap, dragged } from './geographic-box.ts';
import styles from './bbox.module.css';

const sides = [-1, 0, 1] as const;
const grips: readonly Grip[] = [
  ...sides.flatMap((x) => sides.flatMap((y): Grip[] => (x === 0 && y === 0 ? [] : [{ x, y }]))),
  'move',
];

interface HandlesProps {
  readonly view: View;
  readonly box: GeographicBox;
  readonly onChange: (box: GeographicBox) => void;
}

/** Grips at the corners and edges of a box on the map, and one in its middle that moves it. */
export function Handles({ view, box, onChange }: HandlesProps): ReactElement {
  const [x0, y0, x1, y1] = boxOnMap(box);
  // The copy of the world that is nearest to the middle of the map.
  const turn = Math.round(view.x - (x0 + x1) / 2);
  const [left, top] = toScreen(view, x0 + turn, y0);
  const [right, bottom] = toScreen(view, x1 + turn, y1);
  const at = { '-1': left, '0': (left + right) / 2, '1': right };
  const down = { '-1': bottom, '0': (top + bottom) / 2, '1': top };
  return (
    <>
      {grips.map((grip) => {
        const [x, y] = grip === 'move' ? [0 as const, 0 as const] : [grip.x, grip.y];
        return (
          <Handle key={`${x}${y}`} grip={grip} left={at[x]} top={down[y]} view={view} box={box} onChange={onChange} />
        );
      })}
    </>
  );
}

interface HandleProps extends HandlesProps {
  readonly grip: Grip;
  readonly left: number;
  readonly top: number;
}

function Handle({ grip, left, top, view, box, onChange }: HandleProps): ReactElement {
  const start = useRef<{ box: GeographicBox; at: [number, number] } | null>(null);
  const position = (event: PointerEvent): [number, number] => {
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    return fromMercator(...fromScreen(view, event.clientX - (frame?.left ?? 0), event.clientY - (frame?.top ?? 0)));
  };
  const cursor =
    grip === 'move'
      ? 'move'
      : grip.x === 0
        ? 'ns-resize'
        : grip.y === 0
          ? 'ew-resize'
          : grip.x === grip.y
            ? 'nesw-resize'
            : 'nwse-resize';
  return (
    <div
      className={[styles['handle'], grip === 'move' ? styles['move'] : ''].join(' ')}
      style={{ left, top, cursor }}
      title={grip === 'move' ? 'Drag to move the box' : 'Drag to resize the box'}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { box, at: position(event) };
      }}
      onPointerMove={(event) => {
        if (start.current === null) return;
        const [x, y] = position(event);
        onChange(dragged(start.current.box, grip, [x - start.current.at[0], y - start.current.at[1]]));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
    />
  );
}
