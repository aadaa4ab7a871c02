// Sends one message of each type with a public collection library: node send.js LIBRARY ADDRESS KEY
const [library, host, key] = process.argv.slice(2);

const messages = [
  ["identify", { userId: "u1", traits: { email: "a@example.com", plan: "pro" } }],
  ["track", { userId: "u1", event: "Order Completed", properties: { revenue: 12.5, currency: "EUR" } }],
  ["page", { userId: "u1", name: "Home", category: "Docs", properties: { url: "http://x/" } }],
  ["screen", { userId: "u1", name: "Main", properties: {} }],
  ["group", { userId: "u1", groupId: "g1", traits: { name: "Initech" } }],
  ["alias", { userId: "u1", previousId: "a1" }]
];

async function segment() {
  const { Analytics } = require("@segment/analytics-node");
  const analytics = new Analytics({ writeKey: key, host });
  analytics.on("error", failure => { console.error(failure); process.exitCode = 1; });
  messages.forEach(([type, message]) => analytics[type](message));
  await analytics.closeAndFlush({ timeout: 20_000 });
}

async function rudder() {
  const Analytics = require("@rudderstack/rudder-sdk-node");
  const analytics = new Analytics(key, { dataPlaneUrl: host, logLevel: "error" });
  messages.forEach(([type, message]) => analytics[type](message));
  await analytics.flush();
}

async function customerio() {
  const { Analytics } = require("@customerio/cdp-analytics-node");
  const analytics = new Analytics({ writeKey: key, host });
  analytics.on("error", failure => { console.error(failure); process.exitCode = 1; });
  messages.forEach(([type, message]) => analytics[type](message));
  await analytics.closeAndFlush({ timeout: 20_000 });
}

async function segmentBefore() {
  const Analytics = require("analytics-node");
  const analytics = new Analytics(key, { host });
  messages.forEach(([type, message]) => analytics[type](message));
  await analytics.flush();
}

async function expo() {
  const { default: Analytics } = require("@expo/rudder-sdk-node");
  const analytics = new Analytics(key, host + "/v1/batch", { logLevel: "error" });
  messages.forEach(([type, message]) => analytics[type](message));
  await analytics.flush();
}

async function worker() {
  const { Analytics } = require("@rudderstack/analytics-js-service-worker");
  const analytics = new Analytics(key, host, { logLevel: "error" });
  messages.forEach(([type, message]) => analytics[type](message));
  await new Promise(done => analytics.flush(done));
}

({ segment, rudder, customerio, segmentBefore, expo, worker })[library]().then(() => process.exit());
