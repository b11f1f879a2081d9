import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { isToldHere } from "../../vannilli_app/ui/browser/push.js";

const THERE = { endpoint: "https://push.vannilli.test/1", keys: { p256dh: "key", auth: "secret" } };
const registration = (subscription) => ({ pushManager: { getSubscription: async () => subscription } });

test("a browser that subscribed before is told to the server again, by whoever is signed in now", async () => {
  const asked = [];
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request);
    asked.push([request.method, request.url, JSON.parse(Buffer.concat(chunks))]);
    response.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await new Promise((ready) => server.once("listening", ready));
  const reach = globalThis.fetch;
  globalThis.fetch = (path, options) => reach(`http://127.0.0.1:${server.address().port}${path}`, options);
  try {
    assert.equal(await isToldHere(undefined), false);
    assert.equal(await isToldHere(registration(null)), false);
    assert.deepEqual(asked, []);
    assert.equal(await isToldHere(registration({ toJSON: () => THERE })), true);
    assert.deepEqual(asked, [["PUT", "/api/push-subscriptions", { endpoint: THERE.endpoint, ...THERE.keys }]]);
  } finally {
    globalThis.fetch = reach;
    server.closeAllConnections();
    server.close();
  }
});
