import type { MenuItemConstructorOptions, NativeImage } from 'electron';
import { Menu, Tray, nativeImage } from 'electron';
import type { Place } from '../../../src-shared/native.ts';
import { trayPixels } from './tray-pixels.ts';
import type { TrayView } from './tray-view.ts';

export interface TrayActions {
  readonly open: (place: Place) => void;
  readonly show: () => void;
  /** Closes the window, with the question about paid work. */
  readonly quit: () => void;
}

/** The sign beside the system's clock, where the system has such a place. It is there only while it has something to say. */
export class SpendingTray {
  readonly #actions: TrayActions;
  #tray: Tray | null = null;
  #shown = '';

  constructor(actions: TrayActions) {
    this.#actions = actions;
  }

  /** Shows this, or with null nothing. */
  show(view: TrayView | null): void {
    const wanted = JSON.stringify(view);
    if (wanted === this.#shown) return;
    this.#shown = wanted;
    if (view === null) {
      this.#tray?.destroy();
      this.#tray = null;
      return;
    }
    try {
      const icon = iconOf(view);
      this.#tray ??= this.#make(icon);
      this.#tray.setImage(icon);
      this.#tray.setToolTip(view.tooltip);
      this.#tray.setContextMenu(Menu.buildFromTemplate(this.#menu(view)));
    } catch {
      // A system without a tray: the window and its notices say the same.
    }
  }

  #make(icon: NativeImage): Tray {
    const tray = new Tray(icon);
    tray.on('click', this.#actions.show);
    return tray;
  }

  #menu({ items }: TrayView): MenuItemConstructorOptions[] {
    const { open, show, quit } = this.#actions;
    return [
      ...items.map(({ label, place }) => ({
        label,
        click: () => {
          open(place);
        },
      })),
      { type: 'separator' },
      { label: 'Open Transect', click: show },
      { label: 'Quit', click: quit },
    ];
  }
}

const side = 32;

function iconOf({ isAlarm }: TrayView): NativeImage {
  return nativeImage.createFromBitmap(trayPixels(side, isAlarm), { width: side, height: side, scaleFactor: 2 });
}
