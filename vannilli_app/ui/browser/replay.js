/**
 * What a visit looked like, for Sentry: every text and field masked, every picture and video a grey box. It is a chunk of
 * its own, which only who is recorded loads, and the installed app does not keep.
 */
import { breadcrumbsIntegration, init, replayIntegration } from "@sentry/browser";

/** @param {{dsn: string, share: number, release: string}} wanted `share` of the visits is recorded whole, of the others
 *  the last minute before an error and what follows */
export function record({ dsn, share, release }) {
  init({
    dsn,
    release,
    integrations: [breadcrumbsIntegration({ console: false }), replayIntegration({ maskAllText: true, maskAllInputs: true, blockAllMedia: true })],
    replaysSessionSampleRate: share,
    replaysOnErrorSampleRate: 1,
  });
}
