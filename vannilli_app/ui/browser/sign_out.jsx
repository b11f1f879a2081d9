/** Signs out, or deletes the account: what is left of the person on this device then, and what is not. */
import { api } from "./api.js";
import { ApiButton } from "./api_button.jsx";
import { forgetAll, forgetDrafts } from "./local_files.js";
import { _ } from "./words.js";

/** Drops drafts, kept pages, and word about videos; what was recorded stays. The next page begins anew. */
export async function forgetHere() {
  await forgetDrafts();
  await dropKeptPages((endpoint) => api("DELETE", "/api/push-subscriptions", { endpoint }).catch(() => {}));
}

/** Once the account is gone, what was brought and recorded goes too. */
async function forgetEverything() {
  await forgetAll();
  await dropKeptPages();
}

async function dropKeptPages(takeBack) {
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    const subscription = await registration.pushManager?.getSubscription();
    if (subscription) {
      await takeBack?.(subscription.endpoint);
      await subscription.unsubscribe();
    }
    await registration.unregister();
  }
}

/** @param {{action: string, next: string}} props */
export const SignOut = ({ action, next }) => <ApiButton action={action} label={_("Sign out")} busy={_("Signing you out")} before={forgetHere} next={next} />;

/** @param {{action: string, next: string}} props */
export const DeleteAccount = ({ action, next }) => (
  <ApiButton
    action={action}
    method="DELETE"
    label={_("Delete my account")}
    busy={_("Deleting it")}
    sure={{
      title: _("Delete your account?"),
      sentence: _("Projects, uploads, videos and credits are gone for good, and so are the recordings on this device."),
      yes: _("Delete it"),
      no: _("Keep it"),
    }}
    onDone={forgetEverything}
    next={next}
  />
);
