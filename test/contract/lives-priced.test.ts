import { afterAll, describe } from 'vitest';
import { livesOn } from './lives.ts';
import { pricedPlaces } from './places.ts';

const places = await pricedPlaces();
afterAll(() => {
  for (const place of places) place.end();
});

describe.each(places)('the engine of a run on $id', livesOn);
