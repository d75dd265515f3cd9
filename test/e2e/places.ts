import type { Page } from '@playwright/test';
import type { Client } from '../../src-shared/api/client.ts';
import { runExample } from './runs.ts';

/** Runs examples and gives the address of every place of the window, with something real to show in each. */
export async function everyPlace(api: Client): Promise<Record<string, string>> {
  const preview = await runExample(api, 'example_stac_preview.yaml');
  const ndvi = await runExample(api, 'example_band_index.yaml');
  const composite = await runExample(api, 'example_composite.yaml');
  return {
    tasks: '/tasks',
    'task-form': '/tasks/examples%2Fexample_composite.yaml',
    jobs: '/jobs',
    job: `/jobs/${composite.id}`,
    review: '/review',
    'review-map': `/review/${composite.id}/map`,
    'review-report': `/review/${composite.id}/report`,
    'review-figures': `/review/${ndvi.id}/figures`,
    'review-tables': `/review/${ndvi.id}/tables`,
    'review-metadata': `/review/${preview.id}/metadata`,
    'review-log': `/review/${preview.id}/log`,
    'review-files': `/review/${composite.id}/files`,
    'review-isolation': `/review/${composite.id}/isolation`,
    services: '/services',
    service: '/services/openfoam',
    approvals: '/approvals',
    costs: '/costs',
    'costs-there': '/costs/there',
    'costs-ledger': '/costs/ledger',
    doctor: '/doctor',
    settings: '/settings',
  };
}

/** Goes to an address of the window, as a link in it does. */
export async function goTo(window: Page, path: string): Promise<void> {
  await window.evaluate((hash) => {
    location.hash = hash;
  }, path);
}

/** Shows the window in light or dark, whatever the system says. */
export async function useTheme(window: Page, theme: 'light' | 'dark'): Promise<void> {
  await window.evaluate((chosen) => {
    localStorage.setItem('theme', chosen);
  }, theme);
  await window.reload();
}
