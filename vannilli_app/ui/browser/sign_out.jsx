/** Signs out, which leaves nothing of the person's on this device but what they recorded, or deletes the account. */
import { api } from "./api.js";
import { ApiButton } from "./api_button.jsx";
import { forgetDrafts } from "./local_files.js";
import { _ } from "./words.js";

/** Drops drafts, kept pages, and word about videos. The next page begins anew. */
export async function forgetHere() {
  await forgetDrafts();
  for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
  for (const registration of (await navigator.serviceWorker?.getRegistrations()) ?? []) {
    const subscription = await registration.pushManager?.getSubscription();
    if (subscription) {
      await api("DELETE", "/api/push-subscriptions", { endpoint: subscription.endpoint }).catch(() => {});
      await subscription.unsubscribe();
    }
    await registration.unregister();
  }
}

/** @param {{action: string, next: string}} props */
export const SignOut = ({ action, next }) => <ApiButton action={action} label={_("Sign out")} busy={_("Signing you out")} before={forgetHere} next={next} />;

/** The answer of the call has the browser clear all that it keeps. @param {{action: string, next: string}} props */
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
    next={next}
  />
);
