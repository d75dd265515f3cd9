import { describe } from 'vitest';
import { livesOn } from './lives.ts';
import { placesOf } from './places.ts';

describe.each(placesOf('docker'))('the engine of a run on $id', livesOn);
