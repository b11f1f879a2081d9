/**
 * This device's fingerprint, which the free tier's limit is counted by. An open library makes it here and calls nobody;
 * the server keeps only an HMAC of it.
 */
let made;

/** @returns {Promise<string|undefined>} the same each time on this device; undefined where none can be made */
export const fingerprint = () => (made ??= make().catch(() => undefined));

async function make() {
  const { default: library } = await import("@fingerprintjs/fingerprintjs"); // only for who needs it
  const agent = await library.load({ monitoring: false });
  return (await agent.get()).visitorId;
}
