import { api } from "./api.js";

/** Word of a finished video on this browser: the server sends it while the session lives by which it was asked. */

/** Has the server tell this browser, by the session that holds now. @param {PushSubscription} subscription */
export async function tellHere(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  await api("PUT", "/api/push-subscriptions", { endpoint, ...keys });
}

/** Whether this browser is told. One that subscribed before is so again: whoever is signed in may have signed in anew. @param {ServiceWorkerRegistration} [registration] */
export async function isToldHere(registration) {
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return false;
  await tellHere(subscription);
  return true;
}
