import { z } from 'zod';

// zod compiles its schemas with `new Function` unless it is told not to, and the page's policy forbids that. This module is
// imported before any other that parses.
z.config({ jitless: true });
