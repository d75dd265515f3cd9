import { describe } from 'vitest';
import { endingsOn } from './endings.ts';
import { placesOf } from './places.ts';

describe.each(placesOf('docker'))('endings on $id', endingsOn);
