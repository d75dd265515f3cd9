/** Features of Chromium that talk to somebody or offer to. */
const features = [
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'InterestFeedContentSuggestions',
  'MediaRouter',
  'OptimizationHints',
  'Translate',
];

/**
 * How Chromium runs. It is kept from the network, where it has no business: names are not resolved at all, so that not even a
 * look-up leaves the machine; the engine is reached by Node, which these do not concern.
 * @param disabled features that the command line switches off already
 */
export function chromiumSwitches(disabled: string): readonly (readonly [name: string, value?: string])[] {
  return [
    ['disable-background-networking'],
    ['disable-component-update'],
    ['disable-domain-reliability'],
    ['disable-sync'],
    ['disable-default-apps'],
    ['no-pings'],
    // Maps draw on machines without a graphics card, too. Unsafe would be pages from elsewhere, and there are none.
    ['enable-unsafe-swiftshader'],
    // Nothing here is worth a question for the password of the system's keyring.
    ['password-store', 'basic'],
    ['host-resolver-rules', 'MAP * ~NOTFOUND'],
    ['disable-features', [...new Set([...disabled.split(',').filter((name) => name !== ''), ...features])].join(',')],
  ];
}
