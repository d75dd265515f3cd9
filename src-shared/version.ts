/** The version of Transect; a test compares it with package.json. */
export const transectVersion = '0.5.0';
