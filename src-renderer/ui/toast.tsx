import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import {
  Text,
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import { Button } from './button.tsx';
import { toAppError } from '../../src-shared/errors.ts';
import { IconButton } from './icon-button.tsx';
import styles from './toast.module.css';

interface ToastMessage {
  readonly title: string;
  readonly description?: string;
  /** The way back, usually. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

const queue = new ToastQueue<ToastMessage>({ maxVisibleToasts: 3 });

/** Says that something was done, with the way back. Gone after a while: nothing that must be read belongs here. */
export function toast(message: ToastMessage): void {
  queue.add(message, { timeout: message.action === undefined ? 6_000 : 12_000 });
}

/** Says in a toast why something could not be done. */
export function report(cause: unknown): void {
  const { message, remedy } = toAppError(cause);
  toast({ title: message, ...(remedy !== undefined && { description: remedy }) });
}

/** Where toasts appear; once in the window. */
export function Toasts(): ReactElement {
  return (
    <ToastRegion queue={queue} className={styles['region'] ?? ''}>
      {({ toast: shown }) => {
        const { title, description, action } = shown.content;
        return (
          <AriaToast toast={shown} className={styles['toast'] ?? ''}>
            <ToastContent className={styles['content'] ?? ''}>
              <Text slot="title">{title}</Text>
              {description !== undefined && <Text slot="description">{description}</Text>}
            </ToastContent>
            {action !== undefined && (
              <Button
                size="small"
                slot={null}
                onPress={() => {
                  action.run();
                  queue.close(shown.key);
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton slot="close" size="small" label="Dismiss" icon={<X aria-hidden />} />
          </AriaToast>
        );
      }}
    </ToastRegion>
  );
}
