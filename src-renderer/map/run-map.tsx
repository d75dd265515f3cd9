import { MapPinOff, Map as MapIcon, TriangleAlert } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { RunFile } from '../../src-shared/api/library.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { useTheme } from '../app/theme.ts';
import { runFileUrl } from '../review/run-file.ts';
import { Badge } from '../ui/badge.tsx';
import { EmptyState } from '../ui/states.tsx';
import type { FileUrl } from './files.ts';
import { mapFiles } from './files.ts';
import { InspectorPanel } from './inspect/inspector-panel.tsx';
import { LayerTable } from './layer-table.tsx';
import { Legend } from './legend.tsx';
import { MapStatus } from './map-status.tsx';
import { MapTools } from './map-tools.tsx';
import { fileName, LayerList } from './panel/layer-list.tsx';
import { StylePanel } from './panel/style-panel.tsx';
import { VectorColours } from './panel/vector-colours.tsx';
import { RunMapController } from './run-map-controller.ts';
import { useStore } from './store.ts';
import styles from './map.module.css';

interface RunMapProps {
  readonly jobId: JobId;
  readonly files: readonly RunFile[];
  /** What must be said wherever results are shown, such as "Offline fixture: no measurement". */
  readonly marks?: readonly string[];
  readonly fileUrl?: FileUrl;
}

/** The rasters and outlines of a run on a map. */
export function RunMap({ jobId, files, marks = [], fileUrl = runFileUrl }: RunMapProps): ReactElement {
  // A run's files are listed again and again while it runs; the map begins anew only when what it shows changed.
  const found = mapFiles(jobId, files, fileUrl);
  const key = JSON.stringify([found.rasters.map(({ id }) => id), found.vectors.map(({ id, bytes }) => [id, bytes])]);
  if (found.rasters.length === 0 && found.vectors.length === 0)
    return (
      <EmptyState icon={<MapPinOff aria-hidden />} title="Nothing to map">
        This run has no GeoTIFF and no GeoJSON. The report and the tables hold its results.
      </EmptyState>
    );
  return <OpenMap key={`${jobId} ${key}`} jobId={jobId} found={found} marks={marks} />;
}

interface OpenMapProps {
  readonly jobId: JobId;
  readonly found: ReturnType<typeof mapFiles>;
  readonly marks: readonly string[];
}

function OpenMap({ jobId, found, marks }: OpenMapProps): ReactElement {
  const [controller, setController] = useState<RunMapController | null>(null);
  const container = useRef<HTMLDivElement>(null);
  // The first listing stays: what would change the map is in this component's key.
  const [files] = useState(found);
  useEffect(() => {
    if (container.current === null) return;
    const made = new RunMapController(files.rasters, files.vectors);
    made.attach(container.current, `Map of run ${jobId}`);
    setController(made);
    return () => {
      setController(null);
      made.detach();
    };
  }, [files, jobId]);
  return (
    <div className={styles['frame']}>
      <aside className={styles['layersPane']} aria-label="Layers">
        {controller !== null && <Layers controller={controller} />}
      </aside>
      <div className={styles['mapPane']}>
        <div ref={container} className={styles['canvas']} />
        {controller !== null && <MapOverlay controller={controller} marks={marks} jobId={jobId} />}
      </div>
      <aside className={styles['valuesPane']} aria-label="Values">
        {controller !== null && <Values controller={controller} />}
      </aside>
    </div>
  );
}

function Layers({ controller }: { readonly controller: RunMapController }): ReactElement {
  const map = useStore(controller.store);
  const engine = useStore(controller.engine.store);
  const selected = engine.rasters.find(({ id }) => id === map.selected);
  return (
    <>
      <LayerList controller={controller} rasters={engine.rasters} vectors={map.vectors} selected={map.selected} />
      <VectorColours controller={controller} vectors={map.vectors} />
      {selected !== undefined && <StylePanel key={selected.id} controller={controller} raster={selected} />}
    </>
  );
}

function Values({ controller }: { readonly controller: RunMapController }): ReactElement {
  const engine = useStore(controller.engine.store);
  return <InspectorPanel inspector={controller.inspector} rasters={engine.rasters} />;
}

const panStep = 80;

/** Everything that lies over the map, and its keys. */
function MapOverlay({
  controller,
  marks,
  jobId,
}: {
  readonly controller: RunMapController;
  readonly marks: readonly string[];
  readonly jobId: JobId;
}): ReactElement {
  const map = useStore(controller.store);
  const engine = useStore(controller.engine.store);
  const theme = useTheme();
  const [isTableOpen, setTableOpen] = useState(false);
  useEffect(() => controller.recolour(), [controller, theme]);
  const visible = engine.rasters.filter(
    ({ id, isVisible, open }) =>
      isVisible && (map.plane === null ? open?.places.placement.kind === 'map' : id === map.plane),
  );
  const notices = visible.flatMap(({ id, notice }) => (notice === null ? [] : [`${fileName(id)}: ${notice}`]));
  const onKeyDown = (event: KeyboardEvent): void => {
    const action = keyAction(controller, event.key);
    if (action === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return (
    <>
      <div
        role="application"
        tabIndex={0}
        aria-label={`Map of run ${jobId}. Arrow keys pan, plus and minus zoom, 0 shows all layers, I reads the values in the middle.`}
        className={styles['keys']}
        data-view={JSON.stringify(map.view)}
        onKeyDown={onKeyDown}
      >
        <span className={styles['crosshair']} aria-hidden />
      </div>
      <div className={styles['marks']}>
        {marks.map((mark) => (
          <Badge key={mark} tone="bad" icon={<TriangleAlert aria-hidden />}>
            {mark}
          </Badge>
        ))}
        {map.plane !== null && (
          <Badge tone="warn" icon={<MapPinOff aria-hidden />}>
            No georeference: {fileName(map.plane)} is shown in pixel coordinates
          </Badge>
        )}
        {notices.map((notice) => (
          <Badge key={notice} tone="info" icon={<MapIcon aria-hidden />}>
            {notice}
          </Badge>
        ))}
        {map.error !== null && (
          <Badge tone="bad" icon={<TriangleAlert aria-hidden />}>
            {map.error.message}
          </Badge>
        )}
      </div>
      <MapTools controller={controller} onTable={() => setTableOpen(true)} />
      <Legend rasters={visible} vectors={map.plane === null ? map.vectors : []} />
      <MapStatus map={map} engine={engine} />
      <LayerTable
        isOpen={isTableOpen}
        onClose={() => setTableOpen(false)}
        rasters={engine.rasters}
        vectors={map.vectors}
      />
    </>
  );
}

function keyAction(controller: RunMapController, key: string): (() => void) | null {
  switch (key) {
    case 'ArrowLeft':
      return () => controller.panBy(-panStep, 0);
    case 'ArrowRight':
      return () => controller.panBy(panStep, 0);
    case 'ArrowUp':
      return () => controller.panBy(0, -panStep);
    case 'ArrowDown':
      return () => controller.panBy(0, panStep);
    case '+':
    case '=':
      return () => controller.zoomBy(1);
    case '-':
      return () => controller.zoomBy(-1);
    case '0':
      return () => controller.reset();
    case 'i':
    case 'I':
      return () => controller.inspectCentre();
    case 'Escape':
      return () => controller.inspector.clear();
    default:
      return null;
  }
}
