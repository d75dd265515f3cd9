import { ChevronLeft, ChevronRight, Download, Maximize, Minus, Plus, Square, TriangleAlert, X } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import type { JobId } from '../../../src-shared/job-id.ts';
import { Button } from '../../ui/button.tsx';
import { bytes } from '../../ui/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { SafeName, SafeText } from '../safe-name.tsx';
import { saveCopy } from '../save-copy.ts';
import { visibleText } from '../visible-text.ts';
import type { Figure } from './figure-list.ts';
import { usePanZoom } from './use-pan-zoom.ts';
import { runFileUrl } from '../run-file.ts';
import styles from './lightbox.module.css';

interface LightboxProps {
  readonly jobId: JobId;
  readonly figures: readonly Figure[];
  readonly index: number;
  readonly onIndex: (index: number) => void;
  readonly marks: readonly string[];
  readonly onClose: () => void;
}

/** One figure as large as the window: whole, pixel by pixel, or any part of it, by mouse and by keys. */
export function Lightbox({ jobId, figures, index, onIndex, marks, onClose }: LightboxProps): ReactElement | null {
  const figure = figures[index];
  if (figure === undefined) return null;
  const go = (by: number) => {
    onIndex((index + by + figures.length) % figures.length);
  };
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      className={styles['overlay'] ?? ''}
    >
      <Modal className={styles['modal'] ?? ''}>
        <Dialog aria-label={`Figure ${visibleText(figure.name)}`} className={styles['dialog'] ?? ''}>
          <Stage
            key={figure.main.path}
            jobId={jobId}
            figure={figure}
            place={`${index + 1} of ${figures.length}`}
            marks={marks}
            onGo={go}
            onClose={onClose}
          />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface StageProps {
  readonly jobId: JobId;
  readonly figure: Figure;
  readonly place: string;
  readonly marks: readonly string[];
  readonly onGo: (by: number) => void;
  readonly onClose: () => void;
}

function Stage({ jobId, figure, place, marks, onGo, onClose }: StageProps): ReactElement {
  const { frame, size, view, isBroken, loaded, broken, zoom, show, move, drag } = usePanZoom();
  const press = (event: KeyboardEvent) => {
    const pan = { ArrowLeft: [64, 0], ArrowRight: [-64, 0], ArrowUp: [0, 64], ArrowDown: [0, -64] }[event.key];
    if (pan !== undefined && (event.shiftKey || event.key === 'ArrowUp' || event.key === 'ArrowDown'))
      move(pan[0] ?? 0, pan[1] ?? 0);
    else if (event.key === 'ArrowLeft') onGo(-1);
    else if (event.key === 'ArrowRight') onGo(1);
    else if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') show('fit');
    else if (event.key === '1') show('actual');
    // No other letter or digit may reach the window behind.
    else if (event.key.length > 1 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
  };
  const scale = view === null ? '' : `${Math.round(view.scale * 100)} %`;
  return (
    // Keys work wherever the focus is in the dialog.
    <div className={styles['stage']} onKeyDown={press} role="presentation">
      <header className={styles['bar']}>
        <span className={styles['name']}>
          <SafeName text={figure.name} />
        </span>
        <span className={styles['facts']}>
          {place}
          {size !== null && `, ${size.width} × ${size.height} px`}, {bytes(figure.main.bytes)}
        </span>
        <span className={styles['scale']}>{scale}</span>
        <IconButton
          label="Smaller (-)"
          icon={<Minus aria-hidden />}
          onPress={() => {
            zoom(0.8);
          }}
        />
        <IconButton
          label="Larger (+)"
          icon={<Plus aria-hidden />}
          onPress={() => {
            zoom(1.25);
          }}
        />
        <IconButton
          label="Whole figure (0)"
          icon={<Maximize aria-hidden />}
          onPress={() => {
            show('fit');
          }}
        />
        <IconButton
          label="Actual pixels (1)"
          icon={<Square aria-hidden />}
          onPress={() => {
            show('actual');
          }}
        />
        <IconButton
          label="Save a copy…"
          icon={<Download aria-hidden />}
          onPress={() => {
            saveCopy(jobId, figure.main.path);
          }}
        />
        {figure.vector !== null && (
          <Button
            variant="quiet"
            onPress={() => {
              saveCopy(jobId, figure.vector?.path ?? '');
            }}
          >
            Save as SVG…
          </Button>
        )}
        <IconButton label="Close (Escape)" icon={<X aria-hidden />} onPress={onClose} />
      </header>
      {marks.map((mark) => (
        <p key={mark} className={styles['mark']}>
          <TriangleAlert aria-hidden /> <SafeText text={mark} />
        </p>
      ))}
      <div className={styles['middle']}>
        <IconButton
          label="Previous figure (Left)"
          icon={<ChevronLeft aria-hidden />}
          onPress={() => {
            onGo(-1);
          }}
        />
        <div
          ref={frame}
          className={styles['frame']}
          role="group"
          aria-label="Figure; arrow keys with Shift move it, plus and minus zoom"
          tabIndex={0}
          {...drag}
        >
          {isBroken ? (
            <p className={styles['broken']}>This figure could not be drawn. Look at its bytes in Files.</p>
          ) : (
            <img
              src={runFileUrl(jobId, figure.main.path)}
              alt={visibleText(figure.name)}
              draggable={false}
              className={styles['image']}
              onLoad={loaded}
              onError={broken}
              style={
                view === null
                  ? { visibility: 'hidden' }
                  : {
                      transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
                      imageRendering: view.scale > 2 ? 'pixelated' : 'auto',
                    }
              }
            />
          )}
        </div>
        <IconButton
          label="Next figure (Right)"
          icon={<ChevronRight aria-hidden />}
          onPress={() => {
            onGo(1);
          }}
        />
      </div>
    </div>
  );
}
