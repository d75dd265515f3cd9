import type { ReactElement } from 'react';
import { textParts, visibleText } from './visible-text.ts';
import styles from './safe-name.module.css';

/** A name from a run, shown so that it cannot pass for another: hidden characters written out, direction kept apart. */
export function SafeName({ text, wrap = false }: { readonly text: string; readonly wrap?: boolean }): ReactElement {
  return (
    <bdi className={styles[wrap ? 'wrap' : 'line']} title={visibleText(text)}>
      <SafeText text={text} />
    </bdi>
  );
}

/** Text from a run with its hidden characters written out, but for those in `keep`. */
export function SafeText({ text, keep = '' }: { readonly text: string; readonly keep?: string }): ReactElement {
  const parts = textParts(text, keep);
  if (parts.length === 1 && parts[0]?.isEscape === false) return <>{text}</>;
  return (
    <>
      {parts.map((part, index) =>
        part.isEscape ? (
          <span key={index} className={styles['escape']}>
            {part.text}
          </span>
        ) : (
          part.text
        ),
      )}
    </>
  );
}
