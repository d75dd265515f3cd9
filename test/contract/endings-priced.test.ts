import { afterAll, describe } from 'vitest';
import { endingsOn } from './endings.ts';
import { pricedPlaces } from './places.ts';

const places = await pricedPlaces();
afterAll(() => {
  for (const place of places) place.end();
});

describe.each(places)('endings on $id', endingsOn);
