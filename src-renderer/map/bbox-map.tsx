import { Maximize, Minus, Plus, SquareDashedMousePointer } from 'lucide-react';
import type { PointerEvent, ReactElement } from 'react';
import { useEffect, useId, useRef, useState } from 'react';
import { useTheme } from '../app/theme.ts';
import { Button } from '../ui/button.tsx';
import { grouped } from '../ui/format.ts';
import { IconButton } from '../ui/icon-button.tsx';
import type { GeographicBox } from './bbox/geographic-box.ts';
import { areaOf, boxBetween, boxFeature, boxOnMap, rounded } from './bbox/geographic-box.ts';
import { Handles } from './bbox/handles.tsx';
import { fromMercator } from './geo/mercator.ts';
import type { View } from './geo/view.ts';
import { fromScreen } from './geo/view.ts';
import { MapView } from './map-view.ts';
import styles from './bbox/bbox.module.css';

interface BboxMapProps {
  /** [west, south, east, north] in degrees, WGS 84; null while there is none. */
  readonly value: GeographicBox | null;
  readonly onChange: (box: GeographicBox) => void;
  readonly label: string;
  readonly isDisabled?: boolean;
}

/**
 * A small map on which a bounding box is drawn, moved and resized by pointer. Plain dragging pans; the four number fields of
 * the form are its keyboard form.
 */
export function BboxMap({ value, onChange, label, isDisabled = false }: BboxMapProps): ReactElement {
  const container = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapView | null>(null);
  const [view, setView] = useState<View | null>(null);
  const [isDrawing, setDrawing] = useState(false);
  const hint = useId();
  const theme = useTheme();
  const isUsable =
    value !== null && value.every(Number.isFinite) && value[1] >= -90 && value[1] < value[3] && value[3] <= 90;
  const box = isUsable ? value : null;

  useEffect(() => {
    if (container.current === null) return;
    const made = new MapView(container.current, label, { onView: setView });
    setMap(made);
    return () => {
      setMap(null);
      made.remove();
    };
  }, [label]);
  useEffect(() => map?.recolour(), [map, theme]);
  const key = JSON.stringify(box);
  useEffect(() => {
    map?.setData('box', boxFeature(JSON.parse(key) as GeographicBox | null));
  }, [map, key]);
  const fit = (): void => {
    if (box !== null) map?.fit(boxOnMap(box), 40);
  };
  // The first box is shown whole; later ones stay where the person looks.
  const wasFitted = useRef(false);
  useEffect(() => {
    if (map === null || box === null || wasFitted.current) return;
    wasFitted.current = true;
    map.fit(boxOnMap(box), 40);
  }, [map, box]);

  const change = (next: GeographicBox): void => {
    if (view !== null) onChange(rounded(next, 360 / view.worldSize));
  };
  return (
    <div className={styles['frame']} role="group" aria-label={label} aria-describedby={hint}>
      <div className={styles['map']}>
        <div ref={container} className={styles['canvas']} />
        {view !== null && box !== null && !isDrawing && !isDisabled && (
          <Handles view={view} box={box} onChange={change} />
        )}
        {view !== null && isDrawing && (
          <DrawSurface
            view={view}
            onDraw={change}
            onDone={() => {
              wasFitted.current = true;
              setDrawing(false);
            }}
          />
        )}
        <div className={styles['zoom']}>
          <IconButton size="small" label="Zoom in" icon={<Plus />} onPress={() => map?.zoomBy(1)} />
          <IconButton size="small" label="Zoom out" icon={<Minus />} onPress={() => map?.zoomBy(-1)} />
        </div>
      </div>
      <div className={styles['bar']}>
        <Button
          size="small"
          variant={isDrawing ? 'primary' : 'secondary'}
          icon={<SquareDashedMousePointer />}
          isDisabled={isDisabled}
          onPress={() => setDrawing(!isDrawing)}
        >
          {isDrawing ? 'Stop drawing' : 'Draw a box'}
        </Button>
        <Button size="small" icon={<Maximize />} isDisabled={box === null} onPress={fit}>
          Show the box
        </Button>
        <output className={styles['area']}>{box === null ? 'No box yet' : areaText(box)}</output>
      </div>
      <p id={hint} className={styles['hint']}>
        {isDrawing ? 'Drag from one corner to the other.' : 'Drag to move the map. By keyboard, use the number fields.'}
      </p>
    </div>
  );
}

function areaText(box: GeographicBox): string {
  const area = areaOf(box);
  const text = area >= 1000 ? grouped(Number(area.toPrecision(4))) : String(Number(area.toPrecision(3)));
  return `${text} km²${box[0] > box[2] ? ', across the antimeridian' : ''}`;
}

/** Lies over the map while a box is drawn. */
function DrawSurface({
  view,
  onDraw,
  onDone,
}: {
  readonly view: View;
  readonly onDraw: (box: GeographicBox) => void;
  readonly onDone: () => void;
}): ReactElement {
  const start = useRef<[number, number] | null>(null);
  const position = (event: PointerEvent): [number, number] => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return fromMercator(...fromScreen(view, event.clientX - left, event.clientY - top));
  };
  return (
    <div
      className={styles['surface']}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = position(event);
      }}
      onPointerMove={(event) => {
        if (start.current !== null) onDraw(boxBetween(start.current, position(event)));
      }}
      onPointerUp={(event) => {
        const [x, y] = start.current ?? [NaN, NaN];
        const [endX, endY] = position(event);
        start.current = null;
        // A click without a drag draws nothing and stays in the mode.
        if (Math.abs(endX - x) > 0 && Math.abs(endY - y) > 0) onDone();
      }}
    />
  );
}
