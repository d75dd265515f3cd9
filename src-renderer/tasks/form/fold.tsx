import { ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import styles from './form.module.css';

/** A part that is folded away, with what it holds in a line. */
export function Fold({
  title,
  summary,
  isExpanded,
  onExpandedChange,
  children,
}: {
  readonly title: string;
  readonly summary: ReactNode;
  readonly isExpanded: boolean;
  readonly onExpandedChange: (isExpanded: boolean) => void;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <Disclosure className={styles['fold'] ?? ''} isExpanded={isExpanded} onExpandedChange={onExpandedChange}>
      <Heading level={2} className={styles['foldHeading'] ?? ''}>
        <Button slot="trigger" className={styles['foldButton'] ?? ''}>
          <ChevronRight aria-hidden />
          <span className={styles['foldTitle']}>{title}</span>
          <span className={styles['foldSummary']}>{summary}</span>
        </Button>
      </Heading>
      <DisclosurePanel className={styles['foldPanel'] ?? ''}>{isExpanded && children}</DisclosurePanel>
    </Disclosure>
  );
}
