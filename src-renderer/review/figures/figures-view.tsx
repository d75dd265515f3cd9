import { ImageOff } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { RunFile } from '../../../src-shared/api/library.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { bytes } from '../../ui/format.ts';
import { runFileUrl } from '../run-file.ts';
import { SafeName } from '../safe-name.tsx';
import { figureFiles } from '../tabs-of.ts';
import { visibleText } from '../visible-text.ts';
import type { Figure } from './figure-list.ts';
import { figuresOf } from './figure-list.ts';
import { Lightbox } from './lightbox.tsx';
import styles from './figures-view.module.css';

/** A larger image is decoded when it is opened. */
const mostThumbBytes = 20_000_000;

interface FiguresViewProps {
  readonly jobId: JobId;
  readonly files: readonly RunFile[];
  readonly marks: readonly string[];
}

/** The figures of a run, and one of them large. */
export function FiguresView({ jobId, files, marks }: FiguresViewProps): ReactElement {
  const figures = figuresOf(figureFiles(files));
  const [open, setOpen] = useState<number | null>(null);
  return (
    <div className={styles['figures']}>
      <ul className={styles['grid']} aria-label="Figures">
        {figures.map((figure, index) => (
          <li key={figure.main.path}>
            <button
              type="button"
              className={styles['card']}
              onClick={() => {
                setOpen(index);
              }}
            >
              <Thumb jobId={jobId} figure={figure} />
              <span className={styles['caption']}>
                <SafeName text={figure.name} />
                <span className={styles['size']}>
                  {figure.vector !== null && 'also SVG, '}
                  {bytes(figure.main.bytes)}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {open !== null && (
        <Lightbox
          jobId={jobId}
          figures={figures}
          index={open}
          onIndex={setOpen}
          marks={marks}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

function Thumb({ jobId, figure }: { readonly jobId: JobId; readonly figure: Figure }): ReactElement {
  const [isBroken, setBroken] = useState(false);
  if (isBroken || figure.main.bytes > mostThumbBytes)
    return (
      <span className={styles['none']}>
        <ImageOff aria-hidden />
        {isBroken ? 'Could not be drawn' : 'Large image'}
      </span>
    );
  return (
    <img
      className={styles['thumb']}
      src={runFileUrl(jobId, figure.main.path)}
      alt={visibleText(figure.name)}
      loading="lazy"
      decoding="async"
      onError={() => {
        setBroken(true);
      }}
    />
  );
}
