/** Colours of a ramp at 52 even places, `rrggbb` each, from its low to its high end. */
interface RampStops {
  readonly label: string;
  readonly kind: 'sequential' | 'diverging';
  /** False where people with a red-green weakness can't tell its ends apart. */
  readonly colourBlindSafe: boolean;
  readonly stops: string;
}

/**
 * matplotlib's and ColorBrewer's ramps, the same that the worker's figures use (it takes them from vega, which is too large for
 * the window; a test holds these to it).
 */
export const rampStops = {
  viridis: {
    label: 'Viridis',
    kind: 'sequential',
    colourBlindSafe: true,
    stops:
      '44015446095c471063481769481e6f482474472a7947307e453781433d844143873f49883d4e8a3a538b38588c365e8d33638d31688e2f6d8e2c718e2b768e297b8e27808e25858e23898e228e8d20938c1f978b1f9c8a1fa08821a58524aa8329af802fb37d35b7793dbc7446c06f50c46a5ac76465cc5e71cf577cd24f89d54895d840a2db38b0dd2fbddf26cae11fd7e31be5e41af1e61ffde725',
  },
  magma: {
    label: 'Magma',
    kind: 'sequential',
    colourBlindSafe: true,
    stops:
      '00000402020d0505160908200f0b2b140e361b104221114d28115a301065390f6e420f744b107952137c5a167e6319806a1c80721f817a2282812582892881912b81992e80a1307eaa337db2367bba3879c23b76ca3f72d2426fd9476ae14c67e75263ec5960f1605df5695cf8725cf97b5efb8560fc8e65fd9769fea16efeaa75feb47cfebd83fec68afecf92fdd89bfde2a4fceaacfcf4b6fcfdbf',
  },
  cividis: {
    label: 'Cividis',
    kind: 'sequential',
    colourBlindSafe: true,
    stops:
      '00205100245900275f012a64042e670932690f356b14386d1b3c6e223f6e28436e2f466e36496e3c4d6e43516e4a556d50586e555b6e5b5f6e60626e65666f6a6a706f6e717371717875737c79747f7c758380758884778b8777908b78948f789893789d9678a19b78a69f77aba376b1a774b6ab73bcb071c2b46ec8b86bcdbd68d4c065dac561e0ca5de6ce59ebd355f1d751f5dc4df9e14afce647',
  },
  greys: {
    label: 'Greys',
    kind: 'sequential',
    colourBlindSafe: true,
    stops:
      '0000000505050a0a0a0f0f0f1414141919191e1e1e2323232828282d2d2d3232323737373c3c3c4141414646464b4b4b5050505555555a5a5a5f5f5f6464646969696e6e6e7373737878787d7d7d8282828787878c8c8c9191919696969b9b9ba0a0a0a5a5a5aaaaaaafafafb4b4b4b9b9b9bebebec3c3c3c8c8c8cdcdcdd2d2d2d7d7d7dcdcdce1e1e1e6e6e6ebebebf0f0f0f5f5f5fafafaffffff',
  },
  ylgn: {
    label: 'Yellow–green',
    kind: 'sequential',
    colourBlindSafe: true,
    stops:
      'e4f4ace0f2aaddf1a7d9efa5d5eea3d1eca0cdea9ec8e89cc3e699bfe497bae294b5e092afde90aadb8da5d98ba0d7899ad48694d2848ecf8288cd7f82ca7d7cc77a77c57871c2756bbf7265bc6f5fb96c5ab66955b3664faf634aac6045a95d41a55a3da157399d55359a5231964f2d924d2a8e4b268a482386461f82441c7f42187c4015783e11753d0e723b0c6e39096b38076737056435036034',
  },
  brbg: {
    label: 'Brown–blue-green',
    kind: 'diverging',
    colourBlindSafe: true,
    stops:
      '70410879480c834f0f8c5613965d169f641aa76d22af772bb68034be8a3dc59346cb9d52d1a75fd6b06cdcba79e1c486e5cb92e8d19eebd7aaefddb6f2e4c1f2e7caf1e9d1f0ecd8efeedfeef0e6eaf0e9e3efe8dcede7d5ece6cdeae5c4e7e2b9e2dcadded6a2d9d196d4cb8acfc57dc6bd71beb564b6ac57aea44ba59c419c9436948b2c8b8221827a1879711371690f69600b615806594f025147',
  },
  rdbu: {
    label: 'Red–blue',
    kind: 'diverging',
    colourBlindSafe: true,
    stops:
      '8c0d25961529a01d2daa2531b42d35be353ac54140cb4d47d1594ed76556de725de27d66e68870eb947aef9f84f3ab8ef5b499f6bda4f8c6aff9cfbafad7c5faddcdf8e1d5f6e5dcf5e9e3f3edeaefeeeee9eceee2eaeedce8efd6e6efcee3eec3deebb9d8e8afd3e6a4cee399c8e08dc0db80b8d774b0d367a8ce5ba0ca5298c54990c14088bc377fb72e77b2296ea92365a01e5d9718548e134b85',
  },
  rdylgn: {
    label: 'Red–yellow–green',
    kind: 'diverging',
    colourBlindSafe: false,
    stops:
      'a50026ae0a27b71428c11d2aca272bd3312cd93d30df4835e45439ea603ef06c42f37848f5844ef79055f99c5bfba861fcb369fdbc71fdc679fdd081fed98afde091fce597fbea9efaefa4f9f4abf6f6abeff4a5e8f39ee2f198dbef92d3ec8bc9e885bfe47fb5df79abdb72a0d66d94d16b87cb687bc6666ec06361bb6054b35d48ac593ba4562e9d5221954f1b8c4a1483450d7a4007713c006837',
  },
} as const satisfies Record<string, RampStops>;
