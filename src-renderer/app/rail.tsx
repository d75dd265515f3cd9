import {
  Activity,
  BadgeCheck,
  CircleDollarSign,
  Container,
  FileCheck2,
  ListChecks,
  Settings2,
  Stethoscope,
} from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobState } from '../../src-shared/job.ts';
import { useApi } from './api.ts';
import type { Place } from './routes.ts';
import { paths } from './routes.ts';
import { useSpending } from './spending.ts';
import styles from './rail.module.css';

const places: readonly { name: Place['name']; title: string; path: string; icon: ReactElement }[] = [
  { name: 'tasks', title: 'Tasks', path: paths.tasks(), icon: <ListChecks aria-hidden /> },
  { name: 'jobs', title: 'Jobs', path: paths.jobs(), icon: <Activity aria-hidden /> },
  { name: 'approvals', title: 'Approvals', path: paths.approvals(), icon: <BadgeCheck aria-hidden /> },
  { name: 'costs', title: 'Costs', path: paths.costs(), icon: <CircleDollarSign aria-hidden /> },
  { name: 'review', title: 'Review', path: paths.review(), icon: <FileCheck2 aria-hidden /> },
  { name: 'services', title: 'Services', path: paths.services(), icon: <Container aria-hidden /> },
];
const lower: typeof places = [
  { name: 'doctor', title: 'Doctor', path: paths.doctor(), icon: <Stethoscope aria-hidden /> },
  { name: 'settings', title: 'Settings', path: paths.settings(), icon: <Settings2 aria-hidden /> },
];

/** The places of the window. */
export function Rail({ current }: { readonly current: Place['name'] }): ReactElement {
  return (
    <nav className={styles['rail']} aria-label="Places">
      {places.map((place) => (
        <RailLink key={place.name} {...place} isCurrent={place.name === current} />
      ))}
      <span className={styles['gap']} />
      {lower.map((place) => (
        <RailLink key={place.name} {...place} isCurrent={place.name === current} />
      ))}
    </nav>
  );
}

interface RailLinkProps {
  readonly name: Place['name'];
  readonly title: string;
  readonly path: string;
  readonly icon: ReactElement;
  readonly isCurrent: boolean;
}

function RailLink({ name, title, path, icon, isCurrent }: RailLinkProps): ReactElement {
  return (
    <a href={`#${path}`} className={styles['link']} {...(isCurrent && { 'aria-current': 'page' as const })}>
      {icon}
      <span>{title}</span>
      {name === 'jobs' && <JobsInStates states={activeStates} word="active" />}
      {name === 'approvals' && <JobsInStates states={waitingStates} word="waiting" />}
      {name === 'costs' && <Overdue />}
    </a>
  );
}

/** How many jobs are in some of the states. */
function JobsInStates({
  states,
  word,
}: {
  readonly states: readonly JobState[];
  readonly word: string;
}): ReactElement | null {
  const { data } = useApi('listJobs', { limit: 0 });
  const active = states.reduce((sum, state) => sum + (data?.counts[state] ?? 0), 0);
  if (active === 0) return null;
  return (
    <span className={styles['count']}>
      {active}
      <span className="visually-hidden"> {word}</span>
    </span>
  );
}

/** How much goes on costing past its time. */
function Overdue(): ReactElement | null {
  const { data } = useSpending();
  const overdue = data?.overdue ?? 0;
  if (overdue === 0) return null;
  return (
    <span className={styles['count']} data-bad>
      {overdue}
      <span className="visually-hidden"> overdue</span>
    </span>
  );
}

const activeStates: readonly JobState[] = ['queued', 'submitting', 'running', 'cancelling'];
const waitingStates: readonly JobState[] = ['awaiting_approval'];
