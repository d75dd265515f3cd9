import { Crosshair, Home, List, Minus, Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import type { RunMapController } from './run-map-controller.ts';
import styles from './map.module.css';

/** Zoom, reset, inspect and the table, for pointer and keyboard alike. */
export function MapTools({
  controller,
  onTable,
}: {
  readonly controller: RunMapController;
  readonly onTable: () => void;
}): ReactElement {
  return (
    <div role="toolbar" aria-label="Map tools" aria-orientation="vertical" className={styles['tools']}>
      <IconButton label="Zoom in (+)" icon={<Plus />} onPress={() => controller.zoomBy(1)} />
      <IconButton label="Zoom out (−)" icon={<Minus />} onPress={() => controller.zoomBy(-1)} />
      <IconButton label="Show all layers (0)" icon={<Home />} onPress={() => controller.reset()} />
      <IconButton
        label="Read the middle of the map (I)"
        icon={<Crosshair />}
        onPress={() => controller.inspectCentre()}
      />
      <IconButton label="Layers as a table" icon={<List />} onPress={onTable} />
    </div>
  );
}
