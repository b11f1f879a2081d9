/** Signs out, and leaves nothing of the person's on this device but what they recorded. */
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
