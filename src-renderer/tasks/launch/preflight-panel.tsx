import { ScanSearch } from 'lucide-react';
import type { ReactElement } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { duration } from '../../ui/format.ts';
import { Spinner } from '../../ui/spinner.tsx';
import { overLimitLines, preflightRows } from './preflight-rows.ts';
import { remedyHere } from './submit-error.ts';
import type { Launch, Wanted } from './use-launch.ts';
import { usePreflight } from './use-preflight.ts';
import styles from './launch.module.css';

/** What a run would read, need and take, looked up in catalogues and headers when a person asks for it. Nothing is run. */
export function PreflightPanel({ launch, wanted }: { readonly launch: Launch; readonly wanted: Wanted }): ReactElement {
  const { state, look } = usePreflight(launch, wanted);
  return (
    <section aria-label="Preflight">
      <h3>Before it runs</h3>
      {state.kind === 'none' && (
        <p className={styles['ask']}>
          <span>Look up in catalogues and headers what it would read and take. No pixel is read.</span>
          <Button size="small" icon={<ScanSearch aria-hidden />} onPress={look}>
            Look ahead
          </Button>
        </p>
      )}
      {state.kind === 'planning' && (
        <p className={styles['looking']} role="status">
          <Spinner /> Reading catalogues and headers…
        </p>
      )}
      {state.kind === 'failed' && (
        <Banner
          tone="bad"
          title={state.error.message}
          actions={
            <Button size="small" onPress={look}>
              Look again
            </Button>
          }
        >
          {remedyHere(state.error)}
        </Banner>
      )}
      {state.kind === 'found' && (
        <>
          {state.preflight.plan.overLimits.length > 0 && (
            <Banner tone="warn" title="It would not start: it needs more than its limits allow">
              {overLimitLines(state.preflight.plan).join(' ')}
            </Banner>
          )}
          <dl className={styles['facts']}>
            {preflightRows(state.preflight).map(([name, value]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name}=`}>{value}</dd>,
            ])}
          </dl>
          <p className={styles['note']}>
            {[...state.preflight.plan.notes.slice(0, 3), `Found in ${duration(state.preflight.tookMs)}.`].join(' · ')}
          </p>
        </>
      )}
    </section>
  );
}
