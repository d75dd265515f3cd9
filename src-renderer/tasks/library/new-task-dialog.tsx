import {
  Blend,
  CalendarRange,
  ChartColumn,
  ChartLine,
  Container,
  Diff,
  Hexagon,
  Layers,
  Leaf,
  MapPin,
  Mountain,
  Puzzle,
  Search,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { AnalysisType } from '../../../src-shared/task/analyses.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { taskForm } from '../form/form-model.ts';
import { report } from '../../ui/toast.tsx';
import { createAndOpen } from './task-actions.ts';
import { templates } from './templates.ts';
import styles from './library.module.css';

const icons: Readonly<Record<AnalysisType, ReactElement>> = {
  stac_preview: <Search aria-hidden />,
  band_index: <Leaf aria-hidden />,
  composite: <Layers aria-hidden />,
  raster_summary: <ChartColumn aria-hidden />,
  zonal_statistics: <Hexagon aria-hidden />,
  sample_points: <MapPin aria-hidden />,
  time_series: <ChartLine aria-hidden />,
  change_detection: <Diff aria-hidden />,
  terrain: <Mountain aria-hidden />,
  mosaic: <Puzzle aria-hidden />,
  classify: <Blend aria-hidden />,
  zarr_reduce: <CalendarRange aria-hidden />,
  service: <Container aria-hidden />,
};

/** The analyses with their names and what they do, from the schema. */
function analyses(): { id: AnalysisType; label: string; help: string | undefined }[] {
  const node = taskForm().fields.find(({ key }) => key === 'analysis');
  const kinds = node?.kind === 'kinds' ? node.kinds : [];
  return (Object.keys(templates) as AnalysisType[]).map((id) => {
    const kind = kinds.find((one) => one.id === id);
    return { id, label: kind?.label ?? id, help: kind?.help };
  });
}

/** Asks what the new task is to compute. */
export function NewTaskDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}): ReactElement {
  const [pending, setPending] = useState<AnalysisType | null>(null);
  const create = (id: AnalysisType, label: string) => {
    setPending(id);
    createAndOpen(label, templates[id])
      .then(onClose, report)
      .finally(() => {
        setPending(null);
      });
  };
  return (
    <Dialog title="New task" isOpen={isOpen} onClose={onClose} size="large">
      <p className={styles['intro']}>
        What is to be computed? Each begins with a commented example that you can change.
      </p>
      <div className={styles['cards']}>
        {analyses().map(({ id, label, help }) => (
          <Button
            key={id}
            className={styles['card'] ?? ''}
            isPending={pending === id}
            onPress={() => {
              create(id, label);
            }}
          >
            {icons[id]}
            <span className={styles['cardTitle']}>{label}</span>
            <span className={styles['cardText']}>{help}</span>
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
