import type { ReactElement, ReactNode } from 'react';
import { useId } from 'react';
import styles from './page.module.css';

/** A place that is read from top to bottom: its title, what can be done with all of it, and its sections. */
export function Page({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <h1>{title}</h1>
        {actions}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading. `mark` stands beside the heading, `note` below it. */
export function Section({
  title,
  mark,
  note,
  children,
}: {
  readonly title: string;
  readonly mark?: ReactNode;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <section className={styles['section']} aria-labelledby={id}>
      <div className={styles['sectionHead']}>
        <h2 id={id}>{title}</h2>
        {mark}
      </div>
      {note !== undefined && <p className={styles['muted']}>{note}</p>}
      {children}
    </section>
  );
}

/** Labels and values. */
export function Facts({
  rows,
}: {
  readonly rows: readonly { readonly label: string; readonly value: ReactNode }[];
}): ReactElement {
  return (
    <dl className={styles['facts']}>
      {rows.map(({ label, value }) => (
        <FactRow key={label} label={label} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ label, value }: { readonly label: string; readonly value: ReactNode }): ReactElement {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
