// Reads the OData feed with a public client: node read.js ADDRESS KEY
const { o } = require("odata");

async function main() {
  const [root, key] = process.argv.slice(2);
  const feed = o(root, { headers: { Authorization: "Bearer " + key } });
  const customers = await feed.get("Customer").query({
    $filter: "city eq 'Lyon' or contains(name,'O''Neil')", $select: "name", $orderby: "name desc",
    $expand: "UnifiedActivity($top=1;$orderby=ActivityTimestamp)"
  });
  const one = await feed.get("Customer(user_id='u1')/SegmentMembership").query({ $select: "Segment" });
  console.log(JSON.stringify({
    names: customers.map(customer => customer.name),
    first: customers.map(customer => customer.UnifiedActivity.map(activity => activity.ActivityId)),
    segments: one.map(membership => membership.Segment)
  }));
}

main().catch(failure => { console.error(failure); process.exitCode = 1; });
