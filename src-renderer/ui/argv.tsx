import type { ReactElement } from 'react';
import { SafeText } from '../review/safe-name.tsx';
import styles from './argv.module.css';

/** A program and its arguments word for word: one to a line, with what they hide written out. */
export function Argv({ words }: { readonly words: readonly string[] }): ReactElement {
  return (
    <ol className={styles['argv']} aria-label="Program and arguments">
      {words.map((word, index) => (
        <li key={index}>
          {/* A shell script's lines are told apart by being shown as lines. */}
          <code>{word === '' ? <em>empty</em> : <SafeText text={word} keep={'\n'} />}</code>
        </li>
      ))}
    </ol>
  );
}
