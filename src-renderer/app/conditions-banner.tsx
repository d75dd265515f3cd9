import type { ReactElement } from 'react';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { useApi } from './api.ts';
import { navigate, paths } from './routes.ts';

/** What frees a disk or brings a back end back is no event of a job: it is asked for, ms. */
const everyMs = 15_000;
const titles = { costs: 'Costs', approvals: 'Approvals' } as const;

/** Says on every page what holds work up now, for as long as it does. When the engine is silent, the link's banner speaks. */
export function ConditionsBanner(): ReactElement {
  const { data } = useApi('conditions', {}, { refetchInterval: everyMs, retry: false });
  return (
    <>
      {data?.conditions.map(({ id, level, message, remedy, place }) => (
        <Banner
          key={id}
          tone={level === 'blocking' ? 'bad' : 'warn'}
          title={message}
          actions={
            <Button size="small" onPress={() => navigate(place === undefined ? paths.doctor() : paths[place]())}>
              {place === undefined ? 'Doctor' : titles[place]}
            </Button>
          }
        >
          {remedy}
        </Banner>
      ))}
    </>
  );
}
